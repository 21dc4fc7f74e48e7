/** The answers of the demo's provider. */
export const ANSWERS = {
  short: 'Lisbon: it faces west, so the light lasts longest of all the capitals on the mainland.',
  streamed:
    'Take the early tram to Belém before the queues, walk back along the river, ' +
    'and keep the last hour for a viewpoint: the city turns gold at six.',
  toolCall: { name: 'get_forecast', arguments: '{"city":"Lisbon","day":"tomorrow"}' },
  afterTool: 'Tomorrow will be 19 °C and clear in Lisbon, so a light jacket is enough.',
  haiku: 'Tiles hold the morning,\nthe tram bell climbs the hill twice,\nthe river lets go.',
} as const
