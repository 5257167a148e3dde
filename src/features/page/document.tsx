/** What every page of the board looks like around what it says; features make theirs with it. */
import { renderToStaticMarkup } from 'preact-render-to-string';

/** The way from a page to the root of the server. */
export const rootOf = (base: string): string => (base === 'board/' ? './' : `${base}../`);

/**
 * The page around what a feature shows on the board. `base`: the way from this page to `board/`, '' for one directly
 * below it.
 */
export function boardDocument(title: string, base: string, body: preact.JSX.Element): string {
  const page = (
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <link rel="icon" href={`${rootOf(base)}webchat/icon.svg`} type="image/svg+xml" />
        <link rel="stylesheet" href={`${base}board.css`} />
      </head>
      <body>{body}</body>
    </html>
  );
  return `<!doctype html>${renderToStaticMarkup(page)}`;
}

/** What may be wider than the screen. */
export function Wide({ of, children }: { of: string; children: preact.ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section class="wide" tabIndex={0} aria-label={`${of}的表`}>
      {children}
    </section>
  );
}
