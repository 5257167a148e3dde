/** A page that says something and nothing else. */

/** @param inside markup of ours */
export function wordsPage(inside: string): string {
  return `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>会商</title><h1>会商</h1>${inside}</html>`;
}
