/** Stars 创星: worked for, applied for, looked at by township, county, lead and city, shown to everybody, named, held, lost. */
import type { Feature } from '../../bot/feature.ts';
import { apply, overview } from './apply.ts';
import { calendar, cycles } from './cycle.ts';
import { enter, showNegatives, weak, withdraw } from './enter.ts';
import { listFile, namingFile } from './files.ts';
import { aim, goals, goalTodos } from './goals.ts';
import { applyStandards, importStandards, standardDrafts, standardIntake } from './import.ts';
import { answer, keep, propose, showWarning, take, warn, warningTodos, warningView } from './loss.ts';
import { applications, namings, starWarnings } from './model.ts';
import { negatives } from './negatives.ts';
import { name, nameJob, namingView, object, publicity, publish, publishJob, settle } from './publicity.ts';
import { applicationView, evidence, show } from './record.ts';
import { reminders } from './reminders.ts';
import { agree, agreeAll, decline, defer, recognise, review, todos } from './review.ts';
import { showStandards, standardsTable } from './standards.ts';
import { dismiss, listeners, overdueJob, showSuggestion, suggestions, suggestionTodos } from './suggest.ts';

export { starFiles } from './standards.ts';

export const stars: Feature = {
  name: 'stars',
  group: '创星',
  tables: [
    applications,
    namings,
    starWarnings,
    cycles,
    goals,
    standardsTable,
    standardDrafts,
    negatives,
    suggestions,
  ],
  operations: [
    overview,
    aim,
    apply,
    calendar,
    review,
    publicity,
    show,
    evidence,
    agree,
    defer,
    recognise,
    decline,
    agreeAll,
    publish,
    object,
    settle,
    name,
    warn,
    showWarning,
    answer,
    keep,
    propose,
    take,
    showSuggestion,
    dismiss,
    showNegatives,
    enter,
    withdraw,
    showStandards,
    importStandards,
    applyStandards,
  ],
  views: { application: applicationView, naming: namingView, starWarning: warningView },
  downloads: { naming: namingFile, named: listFile },
  intakes: [standardIntake],
  jobs: [publishJob, nameJob, overdueJob],
  reminders,
  listeners: [weak, ...listeners],
  todos: async (world, actor) => [
    ...(await goalTodos(world, actor)),
    ...(await todos(world, actor)),
    ...(await suggestionTodos(world, actor)),
    ...(await warningTodos(world, actor)),
  ],
};
