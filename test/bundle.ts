/** Makes one file of plain JavaScript of a source and all that it imports: a process starts twice as fast without tsx. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Among the packages, which are found from here and not taken in. */
const FOLDER = fileURLToPath(new URL('../node_modules/.cache/huishang', import.meta.url));

/** Each source keeps its own address, from which it finds what lies beside it: cards, threads, the page. */
const addresses: Plugin = {
  name: 'addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const address = JSON.stringify(pathToFileURL(path).href);
      return { contents: source.replaceAll('import.meta.url', address), loader: 'ts' };
    });
  },
};

const made = new Map<string, Promise<string>>();

/** @param source its path; resolves to the path of what node is to run, made once for all who ask in this process */
export function bundled(source: string): Promise<string> {
  const known = made.get(source) ?? make(source);
  made.set(source, known);
  return known;
}

async function make(source: string): Promise<string> {
  const options = {
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    write: false,
  } as const;
  const { outputFiles } = await build({ ...options, entryPoints: [source], plugins: [addresses] });
  const name = `${basename(source, '.ts')}-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.mjs`;
  const file = join(FOLDER, name);
  await mkdir(dirname(file), { recursive: true });
  // Others may be running it, or making it at the same time.
  await writeFile(`${file}.${process.pid}`, outputFiles[0]?.contents ?? '');
  await rename(`${file}.${process.pid}`, file);
  return file;
}
