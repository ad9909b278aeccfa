import type { Client } from "pg";

/**
 * The driver's client, which ends its connection when it could not sign in. pg 8.23 leaves it open, for instance where the
 * server asks for a password and there is none: the server then waits for a minute, and holds up every DROP DATABASE.
 */
export function tidyClient(Base: typeof Client): typeof Client {
  return class extends Base {
    // biome-ignore lint/suspicious/noExplicitAny: the driver has one form of call for people and one for its pool.
    override connect(told?: any): any {
      const answer = (error: Error | null) => {
        if (error) this.#leave();
        told(error, this);
      };
      if (told !== undefined) return super.connect(answer as (error: Error) => void);
      return super.connect().catch((error: unknown) => {
        this.#leave();
        throw error;
      });
    }

    #leave(): void {
      this.end().catch(() => {});
    }
  };
}
