/** How cards look here: spacing, type and colours for the Adaptive Cards renderer. Sizes are read once, at load. Buttons and inputs: cards.css. */
import { HostConfig } from 'adaptivecards';

const FONT = '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** Somebody who reads large letters has told the browser so; the renderer knows pixels only. */
const scale = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
const scaled = (sizes: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(sizes).map(([name, px]) => [name, Math.round(px * scale)]));

const tone = (main: string, subtle: string) => ({ default: main, subtle });

/** By the names of base.css, which has them for light and dark; enough contrast on each background below (4.5 : 1). */
const colors = {
  default: tone('var(--ink)', 'var(--ink-3)'),
  dark: tone('var(--ink)', 'var(--ink-3)'),
  light: tone('var(--ink-3)', 'var(--ink-3)'),
  accent: tone('var(--blue)', 'var(--blue)'),
  good: tone('var(--green)', 'var(--green)'),
  warning: tone('var(--amber)', 'var(--amber)'),
  attention: tone('var(--red)', 'var(--red)'),
};

const surface = (backgroundColor: string) => ({ backgroundColor, foregroundColors: colors });

export const hostConfig = new HostConfig({
  fontFamily: FONT,
  fontSizes: scaled({ small: 14, default: 16, medium: 17, large: 19, extraLarge: 23 }),
  fontWeights: { lighter: 400, default: 400, bolder: 600 },
  lineHeights: scaled({ small: 21, default: 25, medium: 26, large: 28, extraLarge: 32 }),
  spacing: { small: 6, default: 10, medium: 16, large: 22, extraLarge: 30, padding: 16 },
  separator: { lineThickness: 1, lineColor: 'var(--line)' },
  imageSizes: { small: 40, medium: 80, large: 160 },
  supportsInteractivity: true,
  containerStyles: {
    default: surface('var(--paper)'),
    emphasis: surface('var(--ground)'),
    accent: surface('var(--blue-soft)'),
    good: surface('var(--green-soft)'),
    warning: surface('var(--amber-soft)'),
    attention: surface('var(--bad-soft)'),
  },
  inputs: {
    label: {
      inputSpacing: 'small',
      requiredInputs: { weight: 'bolder', size: 'default', suffix: ' *', suffixColor: 'attention' },
      optionalInputs: { weight: 'bolder', size: 'default' },
    },
    errorMessage: { color: 'attention', size: 'small' },
  },
  actions: {
    maxActions: 12,
    spacing: 'medium',
    buttonSpacing: 0,
    showCard: { actionMode: 'inline', inlineTopMargin: 14, style: 'emphasis' },
    actionsOrientation: 'horizontal',
    actionAlignment: 'left',
    allowTitleToWrap: true,
  },
  adaptiveCard: { allowCustomStyle: false },
  factSet: {
    title: {
      color: 'default',
      size: 'default',
      isSubtle: true,
      weight: 'default',
      wrap: true,
      maxWidth: 110,
    },
    value: { color: 'default', size: 'default', weight: 'default', wrap: true },
    spacing: 12,
  },
  textStyles: { heading: { size: 'large', weight: 'bolder' }, columnHeader: { weight: 'bolder' } },
  textBlock: { headingLevel: 3 },
  table: { cellSpacing: 8 },
});
