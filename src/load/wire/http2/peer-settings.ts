import { ConnectionFault, DEFAULT_MAX_FRAME_BYTES, MAX_WINDOW, MOST_FRAME_BYTES, Setting } from "./constants.ts";
import type { Output } from "./output.ts";
import { readUint32 } from "./read-uint32.ts";
import type { RequestSender } from "./request-sender.ts";
import { writeSettingsAck } from "./write-frames.ts";

const ENTRY_BYTES = 6;

/** Takes over what the peer sets (RFC 9113, section 6.5.2), and acknowledges it. */
export class PeerSettings {
  maxConcurrentStreams = Number.POSITIVE_INFINITY;
  /** SETTINGS_NO_RFC7540_PRIORITIES, which stays what the first frame made it (RFC 9218, section 2.1). */
  private noPriorities: number | undefined;
  private readonly sender: RequestSender;
  private readonly output: Output;

  constructor(sender: RequestSender, output: Output) {
    this.sender = sender;
    this.output = output;
  }

  take(bytes: Uint8Array, start: number, end: number): void {
    if ((end - start) % ENTRY_BYTES !== 0)
      throw new ConnectionFault("FRAME_SIZE_ERROR", `SETTINGS with ${end - start} bytes of payload`);
    for (let at = start; at < end; at += ENTRY_BYTES)
      this.set(((bytes[at] as number) << 8) | (bytes[at + 1] as number), readUint32(bytes, at + 2));
    this.noPriorities ??= 0;
    writeSettingsAck(this.output);
  }

  private set(id: number, value: number): void {
    switch (id) {
      case Setting.enablePush:
        if (value !== 0) throw new ConnectionFault("PROTOCOL_ERROR", "a server cannot enable push");
        return;
      case Setting.maxConcurrentStreams:
        this.maxConcurrentStreams = value;
        return;
      case Setting.initialWindowSize:
        if (value > MAX_WINDOW) throw new ConnectionFault("FLOW_CONTROL_ERROR", `an initial window of ${value} bytes`);
        this.sender.setInitialWindow(value);
        return;
      case Setting.maxFrameSize:
        if (value < DEFAULT_MAX_FRAME_BYTES || value > MOST_FRAME_BYTES)
          throw new ConnectionFault("PROTOCOL_ERROR", `a greatest frame size of ${value} bytes`);
        this.sender.maxFrameBytes = value;
        return;
      case Setting.maxHeaderListSize:
        this.sender.maxListBytes = value;
        return;
      case Setting.noRfc7540Priorities:
        if (value > 1 || (this.noPriorities ?? value) !== value)
          throw new ConnectionFault("PROTOCOL_ERROR", `SETTINGS_NO_RFC7540_PRIORITIES of ${value}`);
        this.noPriorities = value;
        return;
      case Setting.enableConnectProtocol:
        if (value > 1) throw new ConnectionFault("PROTOCOL_ERROR", `SETTINGS_ENABLE_CONNECT_PROTOCOL of ${value}`);
        return;
      default:
      // Its table does not matter to requests that use none; unknown settings are ignored.
    }
  }
}
