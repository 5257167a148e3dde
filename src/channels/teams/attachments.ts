/** Files and pictures that come with an activity: what they are called, and how their contents are fetched. */
import { z } from 'zod';
import type { Attachment } from '../../bot/turn/inbound.ts';
import { AppError } from '../../lib/errors.ts';
import type { Activity } from './activity.ts';
import type { TeamsAdapter } from './adapter.ts';
import { isLoopbackUrl } from './guard.ts';
import { plainText } from './text.ts';

const MOST = 50;
const DOWNLOAD = 'application/vnd.microsoft.teams.file.download.info';
/** Where Teams keeps what people send: OneDrive and SharePoint of the tenant, in every cloud of Microsoft's. */
const FILE_HOSTS = /\.(?:sharepoint\.(?:com|cn|us|de)|sharepoint-df\.com|sharepoint-mil\.us)$/i;

const UNREADABLE = '这种消息我看不懂。请发文字、照片或文件。';

const kindOf = z.object({ contentType: z.string() });
const url = z.string().max(8_192).refine(URL.canParse);
const download = z.object({
  contentType: z.literal(DOWNLOAD),
  name: z.string().max(1_000).default(''),
  content: z.object({ downloadUrl: url }),
});
const picture = z.object({
  contentType: z.string().regex(/^image\//i),
  name: z.string().max(1_000).nullish(),
  contentUrl: url,
});

/**
 * What can be fetched; in groups files do not arrive. The address of a file carries its own proof; a picture in the
 * text is given by the service that the activity came from, to the bot alone. Nothing else is asked for anything.
 */
export function fetchableFiles(
  activity: Activity,
  adapter: Pick<TeamsAdapter, 'fetch'>,
  local: boolean,
): readonly Attachment[] {
  const { attachments, serviceUrl } = activity;
  if (!Array.isArray(attachments)) return [];
  const files = attachments.slice(0, MOST).flatMap((attachment: unknown): Attachment[] => {
    const file = download.safeParse(attachment).data;
    if (file) {
      const { downloadUrl } = file.content;
      const from = guarded(downloadUrl, (host) => FILE_HOSTS.test(host), local);
      return [{ name: file.name, fetch: async (most) => adapter.fetch(from(), most, false) }];
    }
    const inline = picture.safeParse(attachment).data;
    if (!inline) return [];
    const service = new URL(serviceUrl).host;
    const from = guarded(inline.contentUrl, () => new URL(inline.contentUrl).host === service, local);
    return [{ name: inline.name || '图片', fetch: async (most) => adapter.fetch(from(), most, true) }];
  });
  const silent = plainText(activity) === '' && !activity.value;
  if (files.length > 0 || !silent || !attachments.some(isNoText)) return files;
  return [{ name: '', fetch: () => Promise.reject(new AppError('invalid', UNREADABLE)) }];
}

/** Whether it is something beside the words, which Teams sends once more as HTML: a voice message, what was forwarded. */
function isNoText(attachment: unknown): boolean {
  return kindOf.safeParse(attachment).data?.contentType !== 'text/html';
}

/** The address, or the refusal of one that we do not go to, when it is asked for. */
function guarded(address: string, isTheirs: (hostname: string) => boolean, local: boolean): () => URL {
  const at = new URL(address);
  const plain = at.username === '' && at.password === '';
  const fine = local
    ? isLoopbackUrl(address)
    : at.protocol === 'https:' && at.port === '' && isTheirs(at.hostname);
  return () => {
    if (plain && fine) return at;
    throw new AppError('invalid', '这个文件不是从 Teams 直接发来的，没有收。请用聊天窗口的附件再发一次。');
  };
}
