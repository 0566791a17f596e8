/** `must` covers what a source states as an obligation or as a plain fact about a conforming server. */
export type Level = "must" | "should" | "may";

/** `keyword`: the source uses an obligation word; `declared`: it states a fact; `schema`: a machine-readable schema requires it; `implied`: it follows from a schema, a grammar or another clause. */
export type Basis = "keyword" | "declared" | "schema" | "implied";

/** One statement of a protocol, in our own words, with where it stands in the source. */
export interface Clause {
  readonly id: string;
  readonly level: Level;
  readonly basis: Basis;
  readonly says: string;
  readonly source: { readonly document: string; readonly section: string };
  /** How we grade where the sources are silent or disagree. */
  readonly treatment?: string;
  /** Why no check can observe this from outside. Absent when a check names the clause. */
  readonly notObservable?: string;
}

/** A registry keyed by clause id; the key is the id. */
export function clauseRegistry<Id extends string>(
  entries: Readonly<Record<Id, Omit<Clause, "id">>>,
): Readonly<Record<Id, Clause>> {
  const withIds = Object.entries<Omit<Clause, "id">>(entries).map(([id, clause]) => [id, { id, ...clause }]);
  return Object.fromEntries(withIds) as Readonly<Record<Id, Clause>>;
}
