export const messages: Readonly<Record<string, string>> = {};
export const enums: Readonly<Record<string, string>> = {};
