/** The fields that people fill in, as zod schemas: what is missing or too long is said in one way everywhere. */
import { z } from 'zod';
import { isDay } from './dates.ts';
import { foldWidth } from './numerals.ts';
import { MOST_SAID, readTime } from './when/index.ts';

/** Words that have to be there, at most `max` characters. @param ask what is said where there are none */
export const words = (label: string, max: number, ask = `请写${label}`) =>
  z.string({ error: ask }).trim().min(1, ask).max(max, `${label}最多${max}个字`);

/** Words that may be missing: '' then. */
export const optionalWords = (label: string, max: number) =>
  z.string().trim().max(max, `${label}最多${max}个字`).default('');

/** Names something that was shown: a record, a unit, a choice. @param ask what is said where it is none */
export const id = (ask?: string) =>
  ask === undefined ? z.string().max(100) : z.string({ error: ask }).trim().min(1, ask).max(100, ask);

/** Where the next page of a list begins. */
export const cursor = z.string().max(500).optional();

/** A day as `YYYY-MM-DD`, after days in words were read (see bot/turn/days.ts). `ask` is said when there is none. */
export const day = (ask: string) =>
  z.string({ error: ask }).trim().max(MOST_SAID, ask).refine(isDay, '日期请写成 12月1日 这样');

/** A time of day in people's words, as `HH:MM`. */
export const time = (ask: string) =>
  z
    .string({ error: ask })
    .trim()
    .max(MOST_SAID, `几点请用${MOST_SAID}个字以内说清楚`)
    .transform((said, { addIssue }) => {
      const { value, why } = readTime(said);
      if (why === undefined) return value;
      addIssue({ code: 'custom', message: said === '' ? ask : why });
      return z.NEVER;
    });

/** How much one can type where a time of day is asked, as the field of a card counts it. */
export const TIME_MAX = 20;

/**
 * A number at most `most`, typed as a number or in words that `read` understands; null when nothing was typed.
 * What is not clear is said, never guessed.
 */
export const amount = (label: string, most: number, read: (said: string) => number | undefined) =>
  z
    .union([z.string(), z.number()])
    .nullish()
    .catch('')
    .transform((typed, { addIssue }) => {
      const said = foldWidth(String(typed ?? '')).trim();
      if (said === '') return null;
      const value = /^\d{1,9}(?:\.\d{1,3})?$/.test(said) ? Number(said) : read(said);
      if (value !== undefined && value <= most) return value;
      const message =
        value === undefined ? `${label}请写数字，没看准“${said.slice(0, 20)}”是多少` : `${label}最多${most}`;
      addIssue({ code: 'custom', message });
      return z.NEVER;
    });

/** Ids of the photos that came along, as the kernel fills them in; '' for none. */
export const sentPhotos = z.string().max(2_000).default('');
