/** A form of key: what its issuer, or the scanners for secrets, document. */
export interface KeyFormat {
  /** Beginnings that it can have, separated by spaces. */
  readonly starts: string
  /** A pattern for what follows. The quantifiers are bounded, except for the last one. */
  readonly rest: string
}

const formats = (rows: readonly (readonly [starts: string, rest: string])[]): KeyFormat[] =>
  rows.map(([starts, rest]) => ({ starts, rest }))

/** Not followed by more of the same: base64 has a short beginning by chance. */
const END = '(?![A-Za-z0-9])'
const WORD_END = '(?!\\w|-\\w)'

/** The beginning is like no word, so the key may also stand in the middle of one: `tokenghp_...`. */
export const DISTINCT: readonly KeyFormat[] = formats([
  // Models: OpenAI, Anthropic, OpenRouter, Langfuse, Hugging Face, Groq, xAI, Perplexity, NVIDIA, Tavily, LangSmith, Pinecone
  ['sk-proj- sk-svcacct- sk-admin- sk-service- sk-ant- sk-or- sk-lf- pk-lf-', '[\\w-]{20,}'],
  ['hf_', '[A-Za-z0-9]{30,}'],
  ['api_org_', '[A-Za-z0-9]{30,}'],
  ['gsk_', '[A-Za-z0-9]{40,}'],
  ['pplx-', '[A-Za-z0-9]{40,}'],
  ['nvapi-', '[\\w-]{60,}'],
  ['tvly-', '(?=[\\w-]{0,60}\\d)[\\w-]{24,}'],
  ['lsv2_', '[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10,}'],
  ['pcsk_', '[A-Za-z0-9]{4,8}_[A-Za-z0-9]{40,}'],
  ['sk-helicone- jina_ together_', '[\\w-]{30,}'],
  // Google, AWS, other clouds
  ['GOCSPX-', '[\\w-]{28,}'],
  ['A3T AKIA AGPA AIDA AROA AIPA ANPA ANVA ASIA ABIA ACCA', `[A-Z0-9]{16,17}${END}`],
  ['bedrock-api-key-', '[A-Za-z0-9+/=%]{20,}'],
  ['dop_v1_ doo_v1_ dor_v1_', '[0-9a-f]{64,}'],
  ['HRKU-', '[\\w-]{36,}'],
  ['pscale_tkn_ pscale_oauth_ pscale_pw_', '[\\w=.-]{32,}'],
  ['fo1_', '[\\w-]{43,}'],
  ['tskey-', '[a-z]{2,20}-[A-Za-z0-9_]{8,40}-[A-Za-z0-9_]{16,}'],
  ['rnd_', '(?=[A-Za-z0-9]{0,60}\\d)[A-Za-z0-9]{28,}'],
  ['cfk_ cfut_ cfat_', '[A-Za-z0-9]{40,}'],
  ['vcp_ vci_ vca_ vcr_ vck_', '(?=[A-Za-z0-9]{0,60}\\d)[A-Za-z0-9]{20,}'],
  ['vercel_blob_rw_', '\\w{30,}'],
  ['nfp_ nfc_ nfo_ nfu_ nfb_', '(?=[A-Za-z0-9]{0,60}\\d)[A-Za-z0-9]{36,}'],
  ['napi_', '[a-z0-9]{40,}'],
  ['sbp_', '(?:v\\d_)?[0-9a-f]{40,}'],
  ['sb_secret_ sb_publishable_', '[\\w-]{20,}'],
  // Code hosts and registries
  ['ghp_ gho_ ghu_ ghs_ ghr_', '(?:\\d{1,20}_)?[\\w.-]{36,}'],
  ['github_pat_', '\\w{40,}'],
  ['glpat- gldt- glffct- glft- glimt- glagent- gloas- glptt- glrt- glsoat- glcbt-', '[\\w.-]{20,}'],
  ['GR1348941', '[\\w-]{20,}'],
  ['npm_', '[A-Za-z0-9]{36,}'],
  ['pypi-', '[\\w-]{60,}'],
  ['rubygems_', '[0-9a-f]{48,}'],
  ['CLOJARS_', '[A-Za-z0-9]{60,}'],
  ['dckr_pat_ dckr_oat_', '[\\w-]{27,}'],
  ['sgp_', '(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40,}'],
  ['sqp_ sqa_ squ_', '[0-9a-f]{40,}'],
  ['ATATT3 ATCTT3 ATBB', '[\\w=-]{28,}'],
  ['bkua_', '[0-9a-f]{40,}'],
  ['CCIPAT_ CCIPRJ_', '\\w{30,}'],
  ['pul-', '[0-9a-f]{40,}'],
  ['pnu_ pnb_', '[A-Za-z0-9]{36,}'],
  ['figd_ figo_ figdr_ figoh_', '[\\w-]{35,}'],
  ['lin_api_ lin_oauth_ lin_wh_', '\\w{32,}'],
  ['ntn_', '[A-Za-z0-9]{40,}'],
  ['PMAK-', '[0-9a-f]{24}-[0-9a-f]{34,}'],
  ['ico-', '[A-Za-z0-9]{32,}'],
  ['rdme_', '[a-z0-9]{60,}'],
  // Messages and payments
  ['xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xoxc-', '(?=[\\w-]{0,80}\\d)[A-Za-z0-9-]{20,}'],
  ['xoxd-', '(?:[A-Za-z0-9+/=-]|%2B|%2F|%3D){20,}'],
  ['xoxe.xox', '[bp]-\\d-[A-Za-z0-9]{60,}'],
  ['xapp-', '\\d-[A-Za-z0-9-]{20,}'],
  ['xwfp-', '[A-Za-z0-9-]{20,}'],
  ['sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_', '[A-Za-z0-9+/=]{20,}'],
  ['sq0atp- sq0csp- sq0idp-', '[\\w-]{22,}'],
  ['shppa_ shpca_ shpat_ shpss_ shptka_ shpua_', '[A-Za-z0-9]{32,}'],
  ['shippo_live_ shippo_test_', '[0-9a-fA-F]{40,}'],
  ['FLWSECK_TEST- FLWPUBK_TEST- FLWSECK- FLWPUBK-', '[A-Za-z0-9-]{12,}'],
  ['duffel_test_ duffel_live_', '[\\w=-]{40,}'],
  ['xkeysib- xsmtpsib-', '[0-9a-f]{64}-[A-Za-z0-9]{16,}'],
  ['EZAK EZTK', `[A-Za-z0-9]{54}${END}`],
  ['live_pub_ test_pub_', '[0-9a-f]{31,}'],
  ['plaid-sandbox- access-sandbox- access-production- access-development-', '[0-9a-f]{8}-[0-9a-f-]{27,}'],
  ['pk_prod_ pk_live_', '[A-Za-z0-9]{40,}'],
  // Secrets, identity, observation
  ['hvs. hvb. hvr.', '[\\w-]{20,}'],
  ['dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.', '(?:[\\w-]{2,35}\\.)?[A-Za-z0-9]{40,}'],
  ['AGE-SECRET-KEY-1', '[A-Z0-9]{50,}'],
  ['ops_eyJ', '[A-Za-z0-9+/=_-]{100,}'],
  ['A3-', '[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}(?:-[A-Z0-9]{5})?'],
  ['sha256~', '[\\w-]{43,}'],
  ['glsa_', '[A-Za-z0-9]{32}_[0-9a-fA-F]{8,}'],
  ['glc_', '[A-Za-z0-9+/=_-]{32,}'],
  ['sntrys_', '[A-Za-z0-9+/=_-]{40,}'],
  ['sntryu_', '[0-9a-f]{64,}'],
  ['dt0c01. dt0s01. dt0s16.', '[A-Z0-9a-z-]{8,30}\\.[A-Za-z0-9]{64,}'],
  ['NRAK- NRII- NRRA- NRJS-', '[A-Za-z0-9_-]{19,}'],
  ['phc_ phx_ phs_', '[A-Za-z0-9]{40,}'],
  ['sm_aat_ sm_pat_ sm_sat_', '[A-Za-z0-9]{16,}'],
  ['p8e-', '[A-Za-z0-9]{32,}'],
  ['fio-u-', '[\\w=-]{64,}'],
  ['tk-us-', '[\\w-]{48,}'],
  ['s-s4t2ud- s-s4t2af-', '[0-9a-f]{64,}'],
  ['pat-na1- pat-eu1-', '[0-9a-f]{8}-[0-9a-f-]{27,}'],
  ['CFPAT-', '[\\w-]{40,}'],
  ['EAAA', '[\\w-]{56,62}' + WORD_END],
  ['EAAC EAAM EAAG EAAB', '[A-Za-z0-9]{80,}'],
  ['IGQV', '[\\w-]{60,}'],
  ['Rmlyc3Q', `[A-Za-z0-9]{57,}`],
])

/** The beginning is short, so it counts only where a word starts. */
export const AT_WORD: readonly KeyFormat[] = formats([
  // OpenAI's old keys, and every other key with that beginning (DeepSeek, Moonshot, LiteLLM ...)
  ['sk-', '(?=[\\w-]{0,200}\\d)(?:\\w{1,20}-)?[A-Za-z0-9]{20,}[\\w-]*'],
  // OpenAI's ephemeral keys for realtime clients
  ['ek_', '(?=[\\w-]{0,80}\\d)[\\w-]{20,}'],
  ['AIza', `[\\w-]{35}${WORD_END}`],
  ['ya29.', '[\\w-]{20,}'],
  ['r8_', '[A-Za-z0-9]{37,}'],
  ['xai-', '[A-Za-z0-9]{60,}'],
  ['csk-', '[a-z0-9]{40,}'],
  ['fw_', '[A-Za-z0-9]{22,}'],
  ['dapi', '[0-9a-f]{32}(?:-\\d)?' + END],
  ['SG.', '[\\w-]{16,32}\\.[\\w-]{16,64}'],
  ['LTAI', `(?:[A-Za-z0-9]{20}|[A-Za-z0-9]{12})${END}`],
  ['AKID', `[A-Za-z0-9]{32}${END}`],
  ['AKCp', `[A-Za-z0-9]{69}${END}`],
  ['cmVmd', `[A-Za-z0-9]{59}${END}`],
  ['ABSK', '[A-Za-z0-9+/]{100,}={0,2}'],
  ['4b1d', `[A-Za-z0-9]{38}${END}`],
  ['API-', `[A-Z0-9]{26,27}${END}`],
  ['SK AC', `[0-9a-f]{32}${END}`],
  ['key-', `[0-9a-f]{32}${END}`],
  ['pk.eyJ sk.eyJ tk.eyJ', '[\\w-]{40,}(?:\\.[\\w-]{10,})?'],
  ['s.', `(?=[A-Za-z]{0,24}\\d)[A-Za-z0-9]{24}${WORD_END}`],
  ['v1.0-', '[0-9a-f]{24}-[0-9a-f]{146,}'],
  ['pat sat', '\\.[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20,}'],
  ['pat', '[A-Za-z0-9]{14}\\.[0-9a-f]{64,}'],
  [
    'sc_ ext_ scauth_ authress_',
    '[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[A-Za-z0-9+/_=-]{30,}',
  ],
  ['secret_', '(?=[A-Za-z]{0,43}\\d)[A-Za-z0-9]{43}' + END],
  ['eyJrIjoi', '[A-Za-z0-9]{60,}={0,3}'],
  // Facebook: the id of an app, and its token.
  ['1 2 3 4 5 6 7 8 9', `\\d{14,15}(?:\\||%7C)[\\w-]{27,40}${WORD_END}`],
  // A Discord bot: its id in base64, a time, a signature.
  ['M N O', `[A-Za-z0-9]{22,28}\\.[\\w-]{6}\\.[\\w-]{27,40}${WORD_END}`],
])

/**
 * A JSON Web Token: two or three parts, or five if it is encrypted. The first is a JSON object in base64url (`{"`, `{ "`, `{` and
 * a line end).
 */
export const JWT =
  '(?:eyJ|eyA|ewog|ewoJ|ew0K)[\\w-]{8,}={0,2}\\.[\\w-]*={0,2}\\.(?:[\\w-]+={0,2}(?:\\.[\\w-]*\\.[\\w-]*)?)?'
