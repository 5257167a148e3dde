/** Addresses that people type: what of them a client may open, and nothing that runs, hides its host or names an account. */
const MOST_CHARS = 500;
/** A name with a dot, in plain letters: what looks like another one in other letters (`xn--`) is none of ours. */
const HOST = /^(?!.*(?:^|\.)xn--)(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/;

/** The address as it is opened and the host as it is shown; undefined when it is none of http or https. */
export function webAddress(typed: string): { readonly url: string; readonly host: string } | undefined {
  const text = typed.trim();
  if (text.length > MOST_CHARS || !/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, username, password, hostname, host, href } = new URL(text);
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '' || !HOST.test(hostname))
    return undefined;
  // What ends a link in Markdown, or begins something in HTML, is written as what it stands for.
  const url = href.replace(
    /[()'"<>[\]\\`*|]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return { url, host };
}
