import { OpMemory } from './op-memory.js';

describe('OpMemory', () => {
  it('keeps a thing until its time is over', async () => {
    const memory = new OpMemory();
    await memory.upsert('a', { jti: 'a' }, 60);
    await memory.upsert('b', { jti: 'b' }, -1);
    await memory.upsert('c', { jti: 'c' });
    expect(await Promise.all(['a', 'b', 'c'].map((id) => memory.find(id)))).toEqual([
      { jti: 'a' },
      undefined,
      { jti: 'c' },
    ]);
    await memory.destroy('a');
    expect(await memory.find('a')).toBeUndefined();
  });

  it('finds by what else names a thing', async () => {
    const memory = new OpMemory();
    await memory.upsert('a', { uid: '1', userCode: 'x' }, 60);
    expect(await memory.findByUid('1')).toMatchObject({ uid: '1' });
    expect(await memory.findByUserCode('x')).toMatchObject({ uid: '1' });
    expect(await memory.findByUid('2')).toBeUndefined();
  });

  it('marks what is used, and drops what a grant gave', async () => {
    const memory = new OpMemory();
    await memory.upsert('a', { grantId: 'g' }, 60);
    await memory.upsert('b', { grantId: 'h' }, 60);
    await memory.consume('a');
    await memory.consume('nothing');
    expect(await memory.find('a')).toHaveProperty('consumed', expect.any(Number));
    await memory.revokeByGrantId('g');
    expect(await memory.find('a')).toBeUndefined();
    expect(await memory.find('b')).toBeDefined();
  });
});
