import { normalHtu, requestUrl } from './htu.js';

describe('normalHtu [RULE 6.5] [R79]', () => {
  it.each([
    ['query and fragment do not count', 'https://api.example/a?b=c#d', 'https://api.example/a'],
    ['the scheme has no case', 'HTTPS://api.example/a', 'https://api.example/a'],
    ['the host has no case', 'https://API.Example/a', 'https://api.example/a'],
    ['the path has', 'https://api.example/A', 'https://api.example/A'],
    ['the default port is none', 'https://api.example:443/a', 'https://api.example/a'],
    ['another port is one', 'https://api.example:8443/a', 'https://api.example:8443/a'],
    ['an empty path is the root', 'https://api.example', 'https://api.example/'],
    ['dot segments are gone', 'https://api.example/x/./y/../a', 'https://api.example/x/a'],
    ['dot segments in escapes too', 'https://api.example/x/%2e%2E/a', 'https://api.example/a'],
    ['what need not be escaped is not', 'https://api.example/%7Eada/%61', 'https://api.example/~ada/a'],
    ['escapes are in capitals', 'https://api.example/%c3%a9%2fa', 'https://api.example/%C3%A9%2Fa'],
    ['a slash at the end counts', 'https://api.example/a/', 'https://api.example/a/'],
    ['http is http', 'http://localhost:3000/a', 'http://localhost:3000/a'],
  ])('%s', (_name, url, expected) => {
    expect(normalHtu(url)).toBe(expected);
  });

  it.each([
    ['no URL', 'a'],
    ['a path alone', '/a'],
    ['another scheme', 'ftp://api.example/a'],
    ['a user', 'https://ada@api.example/a'],
    ['a password', 'https://:x@api.example/a'],
    ['a backslash, which a browser takes for a slash', 'https://api.example\\a'],
    ['a space before it', ' https://api.example/a'],
    ['a tab within, which a browser drops', 'https://api.example/\ta'],
    ['a line break', 'https://api.example/a\n'],
    ['what is not ASCII', 'https://api.example/é'],
    ['a host that is none', 'https://[::g]/a'],
    ['nothing', ''],
  ])('takes no %s', (_name, url) => {
    expect(normalHtu(url)).toBeUndefined();
  });
});

describe('requestUrl [RULE 6.5] [D22]', () => {
  it.each([
    ['https://api.example', '/a?b', 'https://api.example/a?b'],
    ['https://api.example/v1/', '/v1/a', 'https://api.example/v1/a'],
    ['https://api.example', '//evil.example/a', 'https://api.example//evil.example/a'],
  ])('%s and %s: the origin is the base URL’s', (baseUrl, target, expected) => {
    expect(requestUrl(baseUrl, target)).toBe(expected);
  });

  it.each(['*', 'http://evil.example/a', ''])('%s is no path', (target) => {
    expect(requestUrl('https://api.example', target)).toBeUndefined();
  });
});
