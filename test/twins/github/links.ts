/** Where this service is found, as its answers spell it. */
export interface Links {
  /** Root of the REST addresses, with `/api/v3` where the request came that way. */
  api: string;
  /** Root of the pages for people. */
  html: string;
}
