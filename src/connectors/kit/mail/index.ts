export * from "../../../extract/mail/mail-message.ts";
export * from "../../../extract/mail/parse-mail.ts";
export * from "./mail-item.ts";
export * from "./mail-text.ts";
