/** A small page that only says something, and may have one button. */

/** @param base the way to the server's root; `inside` is markup of ours */
export function plainPage(base: '' | '../', title: string, inside: string): string {
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>会商</title>
<link rel="icon" href="${base}webchat/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${base}webchat/closed.css">
</head>
<body>
<main>
<img src="${base}webchat/icon.svg" alt="" width="56" height="56">
<h1>${title}</h1>
${inside}
</main>
</body>
</html>
`;
}
