/** What differs between the languages of databases. */
export interface Dialect {
  /** A name of the catalogue, quoted. */
  quote(name: string): string;
  /** What stands for the parameter of this number, from 1. */
  placeholder(position: number): string;
}

/** A statement under way: its text holds names of the catalogue and placeholders, its values go beside it. */
export class Statement {
  readonly values: unknown[] = [];
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Takes a value and answers what stands for it in the text. */
  bind(value: unknown): string {
    this.values.push(value);
    return this.#dialect.placeholder(this.values.length);
  }

  /** A name of the catalogue, or several with dots between. */
  name(...parts: string[]): string {
    return parts.map((part) => this.#dialect.quote(part)).join(".");
  }
}
