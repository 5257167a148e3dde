/** People: who they are, which units they act for, how they come and go, which groups belong to a unit. */

import type { Feature } from '../../bot/feature.ts';
import { bind, bindGroup, unitChoices, withdraw } from './bind.ts';
import { agree, refuse, request, switchUnit } from './decide.ts';
import { peopleChoices } from './find.ts';
import { greetings } from './greet.ts';
import { applyRosterOperation, roster, rosterDrafts, rosterIntake, rosterJob, rosterView } from './import.ts';
import { handover, pending, remove } from './leave.ts';
import { accounts, accountsOf, posts, members as table } from './model.ts';
import { unbind } from './posts.ts';
import { numbers, requests, requestTodos, requestView } from './requests.ts';
import { rights } from './rights.ts';
import { tourEnd, tourNext, tours, tourView } from './tour.ts';

export { createCity, openGroups } from './city.ts';
export { type CityPart, isLoaded, loadCity } from './load.ts';
export * from './model.ts';
export { members as memberRows } from './model.ts';
export { isSameName, namesIn } from './names.ts';
export { rights as memberRights } from './rights.ts';
export { applyRoster, planRoster, sayPlan } from './roster.ts';
export { readRoster } from './sheet.ts';
export { applySync, planSync, saySync } from './sync.ts';
export * from './tell.ts';

export const members: Feature = {
  name: 'members',
  group: '人员管理',
  tables: [table, posts, accounts, requests, rosterDrafts, tours],
  operations: [
    bind,
    bindGroup,
    withdraw,
    request,
    agree,
    refuse,
    switchUnit,
    tourNext,
    tourEnd,
    handover,
    remove,
    roster,
    applyRosterOperation,
  ],
  intakes: [rosterIntake],
  views: { binding: requestView, roster: rosterView, tour: tourView },
  jobs: [rosterJob],
  numbers: { ...numbers, op: rights.request },
  searches: {
    'members.units': ({ tx }, words, _sender, most) => unitChoices(tx, words, most),
    'members.people': async (world, words, sender, most) =>
      sender ? peopleChoices(world, words, sender, most) : [],
  },
  handovers: [pending],
  todos: requestTodos,
  aliases: async (tx, person) => (await accountsOf(tx, person)).map(({ row }) => row.id),
  names: { person: async (tx, id) => (await tx.table(table).get(id))?.name },
  greetings,
  unbind,
};
