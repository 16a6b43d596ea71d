/**
 * Names of task types. The queue keeps the canonical spelling; the others are what clients of the Python nodes send.
 */

const ALIASES: Record<string, readonly string[]> = {
  'text-generation': ['text_generation', 'generation'],
  'text2text-generation': ['text2text_generation', 'text2text'],
  embedding: ['embeddings', 'text-embedding', 'text_embedding', 'text_embeddings'],
  'text-classification': ['text_classification'],
  'hf.pipeline': ['hf_pipeline'],
  'llm.generate': ['llm_generate'],
  'multimodal-generation': ['multimodal_generation', 'vision-generation', 'vision_generation'],
  'tool.call': ['tool'],
  'voice.tts': ['voice_tts', 'voice-tts', 'tts', 'text-to-speech', 'text_to_speech'],
  'voice.asr': [
    'voice_asr',
    'voice-asr',
    'voice.stt',
    'voice_stt',
    'voice-stt',
    'asr',
    'stt',
    'speech-to-text',
    'speech_to_text',
    'automatic-speech-recognition',
    'automatic_speech_recognition'
  ],
  'voice.audio-validate': ['audio-validate', 'audio_validate', 'audio-validation', 'audio_validation'],
  'docker.execute': ['docker.run', 'docker.hub', 'docker.execute_docker_container'],
  'docker.github': ['docker.github_repo', 'docker.build_and_execute_github_repo'],
  shell: []
}

const CANONICAL = new Map(
  Object.entries(ALIASES).flatMap(([name, aliases]) => [name, ...aliases].map(spelling => [spelling, name] as const))
)

/** The types that have a name of their own, whether or not anybody here runs them. */
export const NAMED_TASK_TYPES: readonly string[] = Object.keys(ALIASES)

/** The canonical spelling of a type. Names outside the table stay as they are. */
export function canonicalTaskType(type: string): string {
  const name = type.trim()
  return CANONICAL.get(name.toLowerCase()) ?? name
}
