/** What ids are called; those that nobody could name keep their id. */
export interface Names {
  person(id: string): string;
  channel(id: string): string;
  group(id: string): string;
}
