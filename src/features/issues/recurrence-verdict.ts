/** 疑似反弹: the same branch, star and aspect again; whether it came back is said by the supervisor, not by us. */
import type { Right } from '../../bot/turn/rights.ts';
import type { Issue } from './model.ts';
import { changed, issueOperation, saveIssue } from './record.ts';
import { rights } from './rights.ts';

function verdict(right: Right<Issue>, recurs: boolean, words: readonly string[]) {
  return issueOperation(right, {
    words,
    async run(ctx, _input, issue) {
      const saved = await saveIssue(ctx, { ...issue, recurs, doubt: null }, `认定${right.title}`);
      return changed(ctx, saved, recurs ? '记下了，是反弹。' : '记下了，不是反弹。');
    },
  });
}

export const recurs = verdict(rights.recurs, true, ['是反弹']);
export const single = verdict(rights.single, false, ['不是反弹']);
