/** The files that take longest begin first, so that no worker is left alone with one of them in the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const LONGEST = [
  'e2e/kill',
  'bot/year',
  'e2e/servers',
  'e2e/fuzz',
  'e2e/meetings.page',
  'e2e/page',
  'tools/tools',
];

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONGEST.length : at;
    };
    // What is not named stays in vitest's order: by what it took last time, or by size on a fresh machine.
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}
