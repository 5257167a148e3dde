/** In DingTalk's browser: asks who is looking, and sends the answer along with the form of the page. */
import requestAuthCode from 'dingtalk-jsapi/api/runtime/permission/requestAuthCode';

/** In another browser nobody answers: after so long it is said what to do instead. */
const PATIENCE_MS = 4_000;

const form = document.querySelector<HTMLFormElement>('form[data-corp]');
const field = form?.querySelector<HTMLInputElement>('input[name=code]');
if (form && field) {
  const { corp: corpId, client: clientId } = form.dataset;
  const giveUp = () => {
    form.removeAttribute('hidden');
    form.previousElementSibling?.remove();
  };
  const timer = setTimeout(giveUp, PATIENCE_MS);
  // Its types know only the older way of asking.
  const ask = requestAuthCode as unknown as (asked: object) => Promise<{ code: string }>;
  Promise.resolve()
    .then(() => ask({ corpId, clientId }))
    .then(({ code }) => {
      clearTimeout(timer);
      field.value = code;
      form.submit();
    }, giveUp);
}
