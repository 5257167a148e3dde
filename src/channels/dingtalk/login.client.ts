/** In DingTalk's browser: asks who is looking, and sends the answer along with the form of the page. */
import requestAuthCode from 'dingtalk-jsapi/api/runtime/permission/requestAuthCode';

const form = document.querySelector<HTMLFormElement>('form[data-corp]');
const field = form?.querySelector<HTMLInputElement>('input[name=code]');
if (form && field) {
  const { corp: corpId, client: clientId } = form.dataset;
  // Its types know only the older way of asking.
  (requestAuthCode as unknown as (asked: object) => Promise<{ code: string }>)({ corpId, clientId }).then(
    ({ code }) => {
      field.value = code;
      form.submit();
    },
    () => form.removeAttribute('hidden'),
  );
}
