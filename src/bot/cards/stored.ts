/** Cards and replies as rows keep them. */
import { z } from 'zod';

export const storedSubject = z.object({ kind: z.string(), id: z.string() });

const storedCard = z.union([
  z.object({ subject: storedSubject }),
  z.object({ template: z.string(), data: z.record(z.string(), z.unknown()) }),
]);

export const storedReply = z.object({ text: z.string(), card: storedCard.exactOptional() });
