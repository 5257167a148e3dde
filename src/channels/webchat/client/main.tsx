/** Starts the page: what must hold before the first drawing is imported before app.tsx. */
import { render } from 'preact';
import { App } from './app.tsx';

const root = document.getElementById('app');
// Without one the page is the same, but opens only while the server can be reached.
navigator.serviceWorker?.register('sw.js').catch(() => undefined);
if (root) render(<App />, root);
