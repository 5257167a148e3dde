/** An empty store of each engine, for stories that are to come out the same in all of them. */
import type { Engine } from '../../src/engine.ts';
import { openLowdb } from '../../src/store/lowdb/index.ts';
import { openPostgres } from '../../src/store/postgres/index.ts';
import type { AnyTable, Store } from '../../src/store/store.ts';
import { tempDir } from '../e2e/rig.ts';
import { newDatabase } from './pg.ts';

const open: Readonly<Record<Engine, (tables: readonly AnyTable[]) => Promise<Store>>> = {
  lowdb: async (tables) => openLowdb({ dir: await tempDir(), tables }),
  postgres: async (tables) => openPostgres({ url: await newDatabase(), tables }),
};

export const inEngines = Object.entries(open);
/** All but the embedded one, which the kit and the demo's past are in. */
export const inOtherEngines = inEngines.filter(([engine]) => engine !== 'lowdb');
