import { html, type OpAnswer } from './http.js';
import type { TestRun } from './test-run.js';

/** The page that frames the RP's logout page, reports that it has loaded, and goes on, where there is somewhere to go. */
export function frontChannelPage(run: TestRun, then?: string): OpAnswer {
  const url = frontChannelUrl(run);
  if (url === undefined) {
    return run.verdict.stop('frontchannel: the client has no frontchannel_logout_uri');
  }
  const onward = then === undefined ? '' : `<a id="then" href="${escape(then)}">Go on</a>`;
  const callback = `${run.issuer}frontchannel_logout_callback`;
  return html(`<iframe src="${escape(url)}"></iframe><a id="callback" href="${escape(callback)}">Loaded</a>${onward}`);
}

/** The suite encodes neither value, so a sid with punctuation reaches the RP as browsers happen to read it. */
function frontChannelUrl({ client, issuer, sid }: TestRun): string | undefined {
  const uri = client.frontchannel_logout_uri;
  if (uri === undefined || !client.frontchannel_logout_session_required) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}iss=${issuer}&sid=${sid}`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
