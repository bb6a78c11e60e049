package import CSystem

/// The transpose of `addRows`: adds a source row to the matrix rows of the neurons that spiked.
///
/// This is the weight gradient of back-propagation, the sum over samples and steps of presynaptic spike times
/// current gradient. Columns `first_column ..< last_column` only, so that threads can share the columns; every element
/// is summed in the order of the source rows.
@inline(never)
package func scatterRows(_ a: UnsafePointer<rfgk_scatter>) {
  let a = a.pointee
  var row = 0
  while row < Int(a.rows) {
    let source = a.source + row &* Int(a.padded)
    var word = 0
    while word < Int(a.words) {
      let target = a.matrix + word &* 64 &* Int(a.padded)
      var bits = a.positive[row &* Int(a.words) &+ word]
      while bits != 0 {
        let place = target + bits.trailingZeroBitCount &* Int(a.padded)
        var column = Int(a.first_column)
        while column < Int(a.last_column) {
          rfgv_store(place + column, rfgv_load(place + column) + rfgv_load(source + column))
          column &+= 16
        }
        bits &= bits &- 1
      }
      if let negative = a.negative {
        bits = negative[row &* Int(a.words) &+ word]
        while bits != 0 {
          let place = target + bits.trailingZeroBitCount &* Int(a.padded)
          var column = Int(a.first_column)
          while column < Int(a.last_column) {
            rfgv_store(place + column, rfgv_load(place + column) - rfgv_load(source + column))
            column &+= 16
          }
          bits &= bits &- 1
        }
      }
      word &+= 1
    }
    row &+= 1
  }
}

/// y *= x, elementwise.
@inline(never)
package func multiplyElements(_ n: Int, _ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
  var i = 0
  while i &+ 16 <= n {
    rfgv_store(y + i, rfgv_load(x + i) * rfgv_load(y + i))
    i &+= 16
  }
  let rest = Int64(n &- i)
  if rest > 0 { rfgv_store_first(y + i, rfgv_load_first(x + i, rest) * rfgv_load_first(y + i, rest), rest) }
}
