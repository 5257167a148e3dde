/** Teams, over a connector on loopback, keeps what every channel promises. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Place } from '../../../src/bot/delivery/channel.ts';
import { executes, type Json, other, says } from '../../fake-connector.ts';
import { renderCard } from '../../kit.ts';
import { channelContract, type Driver, type Seen } from '../channel.contract.ts';
import { startRig } from './kit.ts';

const GROUP = '19:group@thread.tacv2';
const THREAD = `${GROUP};messageid=1700`;
const BOT = { id: '28:bot-app-id', name: '会商' };

function seenOf({ id, text, textFormat, entities, attachments }: Json): Seen {
  const card = attachments?.[0]?.content;
  const markup = textFormat === 'plain' ? [] : [textFormat];
  return { id, text, card, marks: [...markup, ...(entities ?? [])] };
}

const teams: Driver = {
  name: 'Teams',
  async start(bot) {
    const rig = await startRig({ bot, timeoutMs: 300, render: renderCard });
    const { connector } = rig;
    let held: Uint8Array = new Uint8Array();
    const files = createServer((_req, res) => void res.end(held));
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
    const place = (id: string, kind: Place['kind']): Place => ({
      key: `msteams|${id}`,
      kind,
      ref: { channelId: 'msteams', serviceUrl: connector.url, conversation: { id }, bot: BOT },
    });
    const personal = place('a:1-aad-zhang', 'personal');
    const group = place(GROUP, 'group');
    const conversation = ({ key, thread }: Place) => thread ?? key.slice('msteams|'.length);
    const from = (at: Place, id?: string) => ({
      serviceUrl: connector.url,
      group: at.kind === 'group',
      conversation: conversation(at),
      ...(id && { id }),
    });
    const post = async (body: Json) => {
      const response = await rig.post(body);
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      return response;
    };
    const tell = (type: string, fields: Json) => async () => {
      await post({ ...other(from(group), type, fields), id: undefined });
    };
    return {
      channel: rig.channel,
      personal,
      group,
      elsewhere: { key: 'webchat|g:sq', kind: 'group' },
      thread: { ...group, thread: THREAD },
      seen: async (at) => connector.messages(conversation(at)).map(seenOf),
      async say(at, text, id) {
        await post(says(from(at, id), text));
      },
      async press(at, message, op, data, id) {
        const response = await post(executes(from(at, id), message, op, data as Json));
        const { type, value } = (await response.json()) as Json;
        return type === 'application/vnd.microsoft.card.adaptive'
          ? { card: value, marks: [] }
          : { text: value, marks: [] };
      },
      async file(name, bytes) {
        held = bytes;
        const contentType = 'application/vnd.microsoft.teams.file.download.info';
        const content = { downloadUrl: `http://127.0.0.1:${(files.address() as AddressInfo).port}/file` };
        await post({ ...says(from(personal), ''), attachments: [{ contentType, name, content }] });
      },
      happens: {
        added: tell('installationUpdate', { action: 'add' }),
        joined: tell('conversationUpdate', { membersAdded: [{ id: '29:x', aadObjectId: 'aad-li' }] }),
        seen: tell('installationUpdate', { action: 'add-upgrade' }),
        removed: tell('conversationUpdate', { membersRemoved: [BOT] }),
      },
      failures: {
        retry: () => connector.trouble({ status: 503 }),
        limited: () => connector.trouble({ status: 429, headers: { 'retry-after': '7' } }),
        configuration: () => connector.trouble({ status: 401 }),
        unsure: () => connector.trouble({ fail: 'cut' }),
        gone: () => connector.trouble({ status: 404, code: 'ConversationNotFound' }),
        refused: () => connector.trouble({ status: 413, code: 'MessageSizeTooBig' }),
      },
      async close() {
        await rig.close();
        files.closeAllConnections();
        await new Promise((resolve) => files.close(resolve));
      },
    };
  },
};

channelContract(teams);
