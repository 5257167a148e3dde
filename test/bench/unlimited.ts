/** Preloaded into the bot: takes Teams' limits (50 sends a second in all) away, or only they would be measured. */
import { register } from 'node:module';

const hook = `export async function resolve(specifier, context, next) {
  const free = ${JSON.stringify(new URL('limitless.ts', import.meta.url).href)};
  return next(specifier.endsWith('/lib/limiter.ts') ? free : specifier, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);
