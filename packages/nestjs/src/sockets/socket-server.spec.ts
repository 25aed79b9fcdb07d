import { OidcRegistry } from '../registry.js';
import type { Gateway } from './gateway.js';
import { type OnClient, SocketServer } from './socket-server.js';

/** Shows what a server of either library is made of. */
class Open extends SocketServer {
  override letIn(client: object, isIn?: true | Promise<boolean>): void {
    super.letIn(client, isIn);
  }
  override admit(client: object): Promise<void> {
    return super.admit(client);
  }
  get takes(): boolean {
    return this.takesTokens;
  }
}

const gateway = (given: Partial<Gateway>): Gateway => given as Gateway;
const server = (): Open => new Open(new OidcRegistry());

it('lets the adapter hear of who is in, at once or later, and of nobody else', async () => {
  const open = server();
  const heard: unknown[] = [];
  const onClient: OnClient = open.admitting((client, ...more) => heard.push([client, ...more]));
  const [known, later, refused, unknown] = [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }];
  open.letIn(known);
  const [yes, no] = [Promise.resolve(true), Promise.resolve(false)];
  open.letIn(later, yes);
  open.letIn(refused, no);
  for (const client of [known, later, refused, unknown]) onClient(client, 'request');
  expect(heard).toEqual([[known, 'request']]);
  await Promise.all([yes, no]);
  expect(heard).toEqual([
    [known, 'request'],
    [later, 'request'],
  ]);
});

it('[D12] asks all gateways of its place', async () => {
  const open = server();
  const asked: string[] = [];
  const admit = (name: string) => (): Promise<void> => Promise.resolve(void asked.push(name));
  open.add(gateway({ takesTokens: false, admit: admit('plain') }));
  expect(open.takes).toBe(false);
  open.add(gateway({ takesTokens: true, admit: admit('guarded') }));
  expect(open.takes).toBe(true);
  await open.admit({});
  expect(asked).toEqual(['plain', 'guarded']);
  open.add(gateway({ takesTokens: false, admit: () => Promise.reject(new Error('no')) }));
  await expect(open.admit({})).rejects.toThrow('no');
});
