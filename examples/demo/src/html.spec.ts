import { html } from './html.js';

describe('html', () => {
  it('[R98] escapes what is put in, in texts and in attributes', () => {
    const evil = `"><script>alert('&')</script>`;
    const { text } = html`<p title="${evil}">${evil}</p>`;
    expect(text).not.toContain('<script');
    expect(text.match(/"/g)).toHaveLength(2);
    expect(text).toContain('&#38;');
  });

  it('takes HTML as it is, lists one after the other, and nothing for false and undefined', () => {
    const items = ['a', '<'].map((each) => html`<li>${each}</li>`);
    expect(html`${items}${false}${undefined}${0}`.text).toBe('<li>a</li><li>&#60;</li>0');
  });
});
