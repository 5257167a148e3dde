/** What somebody says who calls a meeting: 下周三下午3点在三楼会议室，商量冬季防火怎么分片. */

/** Behind it stands nothing else. */
const TOPICS =
  /(?:^|[\s，,。；;])(?:议题(?:是|为|有)?[\s：:]*|(?:一起)?(?:商量|研究|讨论)(?:一下)?[\s：:]*)(\S.+)$/s;
const PLACE =
  /(?:地点(?:在|是|为)?[\s：:]*|[在到])(https?:\/\/\S+|(?:(?!\d+[月日点时:]|[上下中]午|周[一二三四五六日天]|星期)[^\s，,。；;]){1,40}?(?:室|厅|楼|中心|礼堂|会场|大院|站))(?=$|[\s，,。；;]|开|召开|会商|商)(?:召?开会?)?/;
const MOST_PLACE = 200;

/** Where, and about what, as far as it is said so; `when` is what is left, in which the time is to be found. */
export function readCall(words: string): {
  readonly when: string;
  readonly place?: string;
  readonly agenda?: string;
} {
  const topics = TOPICS.exec(words);
  const rest = topics ? words.slice(0, topics.index) : words;
  const place = PLACE.exec(rest);
  const at = place?.[1]?.slice(0, MOST_PLACE);
  const agenda = topics?.[1]
    ?.split(/[；;\n]/)
    .map((one) => one.trim().replace(/[。.]$/, ''))
    .filter(Boolean)
    .join('\n');
  return {
    when: (place ? rest.replace(place[0], '，') : rest).replace(/^[\s，,]+|[\s，,。；;]+$/g, ''),
    ...(at && { place: at }),
    ...(agenda && { agenda }),
  };
}
