const VIEWS = 1024;

/** Makes views of parts of one chunk after the other; the same part of the same memory gets the same view again, so that none has to be made for most answers. */
export class Views {
  private readonly views = Array.from<undefined, Uint8Array | undefined>({ length: VIEWS }, () => undefined);
  private readonly starts = new Float64Array(VIEWS);
  private readonly lengths = new Float64Array(VIEWS);
  private of: Uint8Array | undefined;

  view(bytes: Uint8Array, start: number, end: number): Uint8Array {
    if (bytes !== this.of) {
      this.of = bytes;
      this.views.fill(undefined);
    }
    const index = start % VIEWS;
    const known = this.views[index];
    if (known !== undefined && this.starts[index] === start && this.lengths[index] === end - start) return known;
    const view = bytes.subarray(start, end);
    this.views[index] = view;
    this.starts[index] = start;
    this.lengths[index] = end - start;
    return view;
  }
}
