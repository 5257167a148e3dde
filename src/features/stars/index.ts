/** Stars 创星: applied for, looked at by township, county, lead and city, shown to everybody, named. */
import type { Feature } from '../../bot/feature.ts';
import { apply, overview } from './apply.ts';
import { listFile, namingFile } from './files.ts';
import { answer, keep, propose, showWarning, take, warn, warningTodos, warningView } from './loss.ts';
import { applications, namings, starWarnings } from './model.ts';
import { name, nameJob, namingView, object, publicity, publish, publishJob, settle } from './publicity.ts';
import { applicationView, show } from './record.ts';
import { agree, agreeAll, decline, defer, recognise, review, todos } from './review.ts';

export const stars: Feature = {
  name: 'stars',
  tables: [applications, namings, starWarnings],
  operations: [
    overview,
    apply,
    review,
    publicity,
    show,
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
  ],
  views: { application: applicationView, naming: namingView, warning: warningView },
  downloads: { naming: namingFile, named: listFile },
  jobs: [publishJob, nameJob],
  todos: async (world, actor) => [...(await todos(world, actor)), ...(await warningTodos(world, actor))],
};
