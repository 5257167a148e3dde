/** The baseline of a turn: botbuilder's echo sample on the same restify, nothing else. It keeps nothing. */
import { ActivityHandler, CloudAdapter, ConfigurationBotFrameworkAuthentication } from 'botbuilder';
import restify from 'restify';
import { answerCalls } from './kit.ts';

type WebRequest = Parameters<CloudAdapter['process']>[0];

class EchoBot extends ActivityHandler {
  constructor() {
    super();
    this.onMessage(async (context, next) => {
      await context.sendActivity(`Echo: ${context.activity.text}`);
      await next();
    });
  }
}

const adapter = new CloudAdapter(new ConfigurationBotFrameworkAuthentication({}));
const bot = new EchoBot();
const server = restify.createServer();
server.use(restify.plugins.bodyParser());
server.post('/api/messages', async (req, res) => {
  // restify and the SDK disagree about whether absent query parameters have a key.
  await adapter.process(req as unknown as WebRequest, res, (context) => bot.run(context));
});

answerCalls({
  listen: () =>
    new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve(server.address().port));
    }),
});
