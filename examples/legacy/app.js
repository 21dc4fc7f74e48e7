'use strict'
var weather = require('./lib/weather')

// node app.js Oslo Lima
var cities = process.argv.slice(2)

function next() {
  var city = cities.shift()
  if (!city) return
  weather.forecast(city, function (error, forecast) {
    if (error) throw error
    console.log(forecast.city + ': ' + forecast.text)
    next()
  })
}

next()
