import type { ClientMetadata as OpClientMetadata } from 'oidc-provider';
import type { App, AppOptions } from './app.js';
import { createExpressApp } from './express-app.js';
import { createNestApp } from './nest-app.js';
import { createOp } from './op.js';
import type { Look } from './pages.js';
import { Site } from './site.js';

/** The two apps and the OP, all on localhost. */
export interface Demo {
  readonly notes: App;
  readonly photos: App;
  readonly op: Site;
  stop(): Promise<void>;
}

/** Where each listens, or on the next port that is free; 0 for any. */
export interface Ports {
  readonly notes: number;
  readonly photos: number;
  readonly op: number;
}

type AppName = 'notes' | 'photos';

const looks: Readonly<Record<AppName, Look>> = {
  notes: { id: 'notes', name: 'Notes', madeWith: 'Express' },
  photos: { id: 'photos', name: 'Photos', madeWith: 'NestJS' },
};

/** Starts everything. What an app registers at the OP is its `client.metadata()`, a name and a secret. */
export async function startDemo(ports: Ports): Promise<Demo> {
  // One after the other, so that none takes the port that another has found free.
  const sites = {
    notes: await Site.listen(ports.notes),
    photos: await Site.listen(ports.photos),
    op: await Site.listen(ports.op),
  };
  const issuer = sites.op.origin;
  const about = (here: AppName, there: AppName): AppOptions => {
    const other = { ...looks[there], origin: sites[there].origin };
    return { look: looks[here], issuer, origin: sites[here].origin, other };
  };
  const notes = createExpressApp(about('notes', 'photos'));
  const photos = await createNestApp(about('photos', 'notes'));
  sites.notes.serve(notes.handler);
  sites.photos.serve(photos.handler);
  sites.op.serve(
    await createOp(
      issuer,
      [notes, photos].map(({ registration }) => registration as OpClientMetadata),
    ),
  );
  const stop = async (): Promise<void> => {
    for (const { story } of [notes, photos]) story.close();
    await Promise.all(Object.values(sites).map((site) => site.stop()));
  };
  return { notes, photos, op: sites.op, stop };
}
