/** Builds a TypeScript program of the tests, with the parts of src/ it uses, into one file that Node 20 can start. */
export declare function bundle(program: string): Promise<string>;
