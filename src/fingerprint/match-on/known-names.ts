import { BEDROCK_TOP, CHAT_TOP, GEMINI_TOP } from '../../providers/requests/volatile.ts'

const VOLATILE: ReadonlyMap<string, string> = new Map([...CHAT_TOP, ...GEMINI_TOP, ...BEDROCK_TOP])

/**
 * The canonical fields, and other fields of the known APIs. A list may name them even if a request does not have them.
 */
export const KNOWN_NAMES: ReadonlySet<string> = new Set(
  [
    // canonical
    'model messages system tools tool_choice response_format reasoning_effort reasoning thinking',
    'context parallel_tool_calls max_tokens temperature top_p top_k seed n stop verbosity betas guardrail prompt suffix images raw',
    'template context_tokens input input_type dimensions encoding_format embedding_types body query headers sha256 host file language part',
    // volatile: a named one counts
    ...VOLATILE.keys(),
    // OpenAI and the compatible ones
    'frequency_penalty presence_penalty logit_bias logprobs top_logprobs modalities audio prediction stream_options moderation include',
    'truncation max_tool_calls text context_management image echo best_of size quality style background output_compression',
    'output_format moderation mask voice speed timestamp_granularities chunking_strategy instructions partial_images',
    'input_fidelity known_speaker_names',
    'provider models route transforms plugins repetition_penalty repeat_penalty min_p top_a min_tokens length_penalty typical_p',
    'chat_template_kwargs guided_json guided_regex guided_choice guided_grammar ignore_eos safe_prompt thinking_budget tool_stream',
    'do_sample search_settings compound_custom documents citation_options disable_tool_validation options format extra_body',
    // Anthropic, Google, Bedrock, Cohere, Ollama, TGI
    'container output_config compaction fallbacks fallback_credit_token safetySettings tool_config speechConfig mediaResolution',
    'imageConfig routingConfig modelSelectionConfig audioTimestamp modelArmorConfig generationConfig additionalModelRequestFields',
    'additionalModelResponseFieldPaths outputConfig inferenceConfig schemaVersion max_gen_len textGenerationConfig safety_mode',
    'strict_tools truncate normalize output_dtype encoding num_ctx details return_full_text watermark top_n_tokens adapter_id',
    'mirostat mirostat_eta mirostat_tau tfs_z repeat_last_n num_gpu num_thread num_keep raw_prompting decoder_input_details',
    // vLLM, Mistral, xAI, Perplexity, Qwen
    'stop_token_ids bad_words structured_outputs skip_special_tokens mm_processor_kwargs guardrails search_parameters deferred',
    'search_domain_filter search_recency_filter return_images enable_search incremental_output result_format',
  ].flatMap((names) => names.split(' ')),
)
