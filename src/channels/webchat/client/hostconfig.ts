/** How cards look here: spacing, type and colours for the Adaptive Cards renderer. Buttons and inputs are in cards.css. */
import { HostConfig } from 'adaptivecards';

const FONT = '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

const tone = (main: string, subtle: string) => ({ default: main, subtle });

/** Dark enough to read on white and on the soft backgrounds below (at least 4.5 : 1). */
const colors = {
  default: tone('#23201E', '#6B6560'),
  dark: tone('#23201E', '#6B6560'),
  light: tone('#6B6560', '#716B66'),
  accent: tone('#1B5FA8', '#3B6EA5'),
  good: tone('#1E6B3C', '#3C7452'),
  warning: tone('#8A5300', '#8A5F22'),
  attention: tone('#B3261E', '#A8443D'),
};

const surface = (backgroundColor: string) => ({ backgroundColor, foregroundColors: colors });

export const hostConfig = new HostConfig({
  fontFamily: FONT,
  fontSizes: { small: 14, default: 16, medium: 17, large: 19, extraLarge: 23 },
  fontWeights: { lighter: 400, default: 400, bolder: 600 },
  lineHeights: { small: 21, default: 25, medium: 26, large: 28, extraLarge: 32 },
  spacing: { small: 6, default: 10, medium: 16, large: 22, extraLarge: 30, padding: 16 },
  separator: { lineThickness: 1, lineColor: '#EBE6E2' },
  imageSizes: { small: 40, medium: 80, large: 160 },
  supportsInteractivity: true,
  containerStyles: {
    default: surface('#FFFFFF'),
    emphasis: surface('#F6F4F2'),
    accent: surface('#EAF2FB'),
    good: surface('#E9F5EE'),
    warning: surface('#FDF3E0'),
    attention: surface('#FCECEA'),
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
