/** What the page may send, and the sentences for what it may not. */
import { z } from 'zod';

const id = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '消息编号不对，请刷新页面。');
const place = z.string().min(1).max(200);

export const textInput = z.object({
  place,
  id,
  text: z
    .string()
    .max(4000, '一条消息最多 4000 字，请分几条发。')
    .refine((text) => text.trim() !== '', '请先写点什么再发送。'),
  /** False: said to the people of the group only. */
  ask: z.boolean().default(true),
});

export const fileInput = z.object({
  place,
  id,
  name: z.string().min(1, '这个文件没有名字。').max(1_000, '文件名太长了，请改短一点。'),
});

/** The message whose card was pressed; without one it stands aside from the chat. */
const message = z.string().min(1).max(400).optional();

/** A photo for the form that stands in a message's place. */
export const photoInput = fileInput.extend({ message, form: z.string().min(1).max(100) });

/** Words asked aside. */
export const lookInput = z.object({ place, id, text: z.string().min(1).max(200) });

export const searchInput = z.object({ dataset: z.string().min(1).max(100), words: z.string().max(100) });
export const findInput = z.object({ words: z.string().trim().min(1, '请写要找的字。').max(50) });

export const actionInput = z.object({
  place,
  id,
  message,
  op: z.string().min(1).max(100),
  data: z.record(z.string().max(100), z.unknown()),
});

export const readInput = z.object({ place, seq: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER) });

const count = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
export const historyInput = z.object({ place, before: count.optional(), after: count.optional() });
export const changesInput = z.object({ place, after: count });

/** The first thing wrong, as a sentence for a person. */
export function whatIsWrong(error: z.ZodError): string {
  const own = error.issues.find(({ message }) => /[\u4e00-\u9fff]/.test(message));
  return own?.message ?? '这个请求不完整，请刷新页面再试。';
}
