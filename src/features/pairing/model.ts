/** 结对: which branch helps a weak one, how dear that is, and why; pure but for the rows. */
import { z } from 'zod';
import { defineTable, type Stored } from '../../store/store.ts';
import { type Industry, industries, type Profile } from '../branches/index.ts';
import type { Unit } from '../orgs/index.ts';

export const PAIR_STATES = ['asked', 'agreed', 'declined', 'ended'] as const;
export type PairState = (typeof PAIR_STATES)[number];
export const PAIR_NAMES: Readonly<Record<PairState, string>> = {
  asked: '待答复',
  agreed: '结对中',
  declined: '有困难',
  ended: '已结束',
};
/** It holds a place of its helper. */
export const HELD: readonly PairState[] = ['asked', 'agreed'];

/** Stars that a helper has at least, days in which it has lost none, and how many it helps at most. */
export const LEAST_STARS = 4;
export const LOST_DAYS = 365;
export const CAPACITY = 2;
/** Stars that a branch can hold. */
const ALL_STARS = 5;

const pairRow = z.object({
  /** `<case>|<n>` */
  id: z.string(),
  case: z.string(),
  county: z.string(),
  /** Who is helped, and who helps. */
  branch: z.string(),
  helper: z.string(),
  state: z.enum(PAIR_STATES),
  /** Why this one, as it was shown to who chose. */
  reasons: z.array(z.string()),
  by: z.string(),
  name: z.string(),
  on: z.string(),
  /** What the helper said. */
  answeredOn: z.string().nullable(),
  reason: z.string(),
  /** 帮上了 or 没帮上, by quarter. */
  quarters: z.array(z.object({ period: z.string(), helped: z.boolean(), on: z.string() })),
});
export type Pair = z.infer<typeof pairRow>;
export type StoredPair = Stored<Pair>;
export const pairs = defineTable<Pair>({
  name: 'pairs',
  schema: pairRow,
  indexes: [
    { on: ['case'], order: 'on' },
    { on: ['helper', 'state'], order: 'on' },
    { on: ['branch', 'state'], order: 'on' },
    { on: ['state'], order: 'on' },
  ],
  keep: 'for ever: because it is a record of the programme',
  people: {
    title: '定的结对',
    at: 'on',
    fields: [{ field: 'by', name: 'name', left: 'nameless' }],
    labels: {
      typed: { reasons: '理由' },
      unit: { helper: '帮带支部' },
      plain: { answeredOn: '答复日期', case: '整顿对象', helped: '帮上了', quarters: '各季度' },
    },
    words: { state: PAIR_NAMES },
  },
});

/** A branch, where it stands, and what it lives from. */
export interface Placed {
  readonly unit: Unit;
  readonly county: string;
  readonly profile: Pick<Profile, 'lng' | 'lat' | 'industries'> | undefined;
}

/** What it costs that a helper helps a branch, and the parts of it in words. */
export interface Cost {
  readonly cost: number;
  readonly reasons: readonly string[];
}

const RADIUS_KM = 6371;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Kilometres between two places; where one is not known, by how far apart they stand in the tree. */
export function distance(a: Placed, b: Placed): { readonly km: number; readonly estimated: boolean } {
  const [p, q] = [a.profile, b.profile];
  if (p?.lng == null || p.lat == null || q?.lng == null || q.lat == null) {
    const km = a.unit.parent === b.unit.parent ? 5 : a.county === b.county ? 20 : 60;
    return { km, estimated: true };
  }
  const [lat, lng] = [radians(q.lat - p.lat) / 2, radians(q.lng - p.lng) / 2];
  const h = Math.sin(lat) ** 2 + Math.cos(radians(p.lat)) * Math.cos(radians(q.lat)) * Math.sin(lng) ** 2;
  return { km: 2 * RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h))), estimated: false };
}

const kindsOf = ({ profile }: Placed): readonly Industry[] =>
  industries.filter(({ code }) => profile?.industries.includes(code));

/** How alike two branches live: 0 the same kind, 0.5 the same class, 1 another or not known. */
function industryCost(a: Placed, b: Placed): Cost {
  const [own, other] = [kindsOf(a), kindsOf(b)];
  if (own.length === 0 || other.length === 0) return { cost: 1, reasons: ['产业没有数据'] };
  const same = own.find(({ code }) => other.some((kind) => kind.code === code));
  if (same) return { cost: 0, reasons: [`产业相同（${same.name}）`] };
  const alike = own.find((kind) => other.some((one) => one.class === kind.class));
  return alike
    ? { cost: 0.5, reasons: [`产业同类（${alike.className}）`] }
    : { cost: 1, reasons: ['产业不同'] };
}

/**
 * min(km/50, 2) + industry + 0.5 for another county − 0.3 × share of the missing stars that the helper holds − 0.1 for
 * five stars.
 * @param missing the stars that the branch can hold and does not, by id, with their names
 */
export function costOf(branch: Placed, helper: Placed, missing: ReadonlyMap<string, string>): Cost {
  const { km, estimated } = distance(branch, helper);
  const industry = industryCost(branch, helper);
  const elsewhere = branch.county !== helper.county;
  const held = [...missing].filter(([star]) => helper.unit.stars.includes(star));
  const share = missing.size === 0 ? 0 : held.length / missing.size;
  const full = helper.unit.stars.length >= ALL_STARS;
  const cost = Math.min(km / 50, 2) + industry.cost + (elsewhere ? 0.5 : 0) - 0.3 * share - (full ? 0.1 : 0);
  const far = km < 10 ? km.toFixed(1) : String(Math.round(km));
  return {
    cost,
    reasons: [
      `相距${estimated ? '约' : ''}${far}公里${estimated ? '（估计）' : ''}`,
      ...industry.reasons,
      elsewhere ? '不在一个县区' : '同一个县区',
      ...(held.length > 0 ? [`有它缺的${held.map(([, name]) => name).join('、')}`] : []),
      `${helper.unit.stars.length}星支部`,
    ],
  };
}
