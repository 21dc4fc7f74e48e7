'use strict'
// The client is made when the module loads. A test cannot pass another client in.
var request = require('./request')

var client = new Client(process.env.WEATHER_URL || 'http://127.0.0.1:8080')

function Client(base) {
  this.base = base
}

Client.prototype.forecast = function (city, callback) {
  request(
    { url: this.base + '/forecast?city=' + encodeURIComponent(city) },
    function (error, response, text) {
      if (error) return callback(null, { city: city, text: 'unknown' }) // "never crash the page"
      callback(null, { city: city, text: JSON.parse(text).text })
    },
  )
}

module.exports = client
