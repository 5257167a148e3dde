/** 研判, 排查 and the list 软弱涣散: facts give reasons, people decide, and who proposed never confirms. */

import type { Feature } from '../../bot/feature.ts';
import { census, complete } from './census.ts';
import { criteriaTable } from './criteria.ts';
import { callNormal, chooseType, decline, propose, watch } from './decide.ts';
import { confirm, list, listingView, refuse, showListing, statement } from './list.ts';
import { items, listings, sheets } from './model.ts';
import { reminders, todos } from './reminders.ts';
import { adopt, again, analyse, sendBack, show, submit } from './submit.ts';
import { standard, trialJob, trials, tryStandard, useStandard } from './trial.ts';
import { item, sheetView } from './view.ts';
import { why } from './why.ts';

export { type Confirmed, censusDone, confirmedDiffers } from './census.ts';
export { LETTERS } from './facts.ts';
export { findingOf, findingsOf } from './gather.ts';
export { listed } from './list.ts';
export { listings } from './model.ts';
export { personalOnly } from './record.ts';
export { knowsRecord, rights as analysisRights } from './rights.ts';
export { sayFacts } from './say.ts';
export { handedIn } from './view.ts';

export const analysis: Feature = {
  name: 'analysis',
  group: '支部研判与整顿',
  tables: [sheets, items, listings, criteriaTable, trials],
  operations: [
    analyse,
    census,
    list,
    why,
    show,
    again,
    item,
    propose,
    watch,
    decline,
    chooseType,
    callNormal,
    submit,
    complete,
    adopt,
    sendBack,
    showListing,
    confirm,
    refuse,
    statement,
    standard,
    tryStandard,
    useStandard,
  ],
  views: { analysis: sheetView, listing: listingView },
  reminders,
  jobs: [trialJob],
  todos,
};
