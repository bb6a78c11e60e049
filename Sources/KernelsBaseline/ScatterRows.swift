package import CSystem

/// The transpose of `addRows`: adds a source row to the matrix rows of the neurons that spiked.
///
/// This is the weight gradient of back-propagation, the sum over samples and steps of presynaptic spike
/// times current gradient. Columns `first_column ..< last_column` only, so that threads can share the
/// columns; every element is summed in the order of the source rows.
@inline(never)
package func scatterRows(_ a: UnsafePointer<rfgk_scatter>) {
  let a = a.pointee
  let words = Int(a.words)
  var row = 0
  while row < Int(a.rows) {
    let source = a.source + row &* Int(a.padded)
    var word = 0
    while word < words {
      let target = a.matrix + word &* 64 &* Int(a.padded)
      scatter(a, all(1), a.positive[row &* words &+ word], source, target)
      if let negative = a.negative { scatter(a, all(-1), negative[row &* words &+ word], source, target) }
      word &+= 1
    }
    row &+= 1
  }
}

/// Adds sign times the source row to the rows of `target` that `bits` picks.
@inline(__always)
private func scatter(
  _ a: rfgk_scatter, _ sign: Float16x, _ bits: UInt64, _ source: UnsafePointer<Float>,
  _ target: UnsafeMutablePointer<Float>
) {
  var bits = bits
  while bits != 0 {
    let place = target + bits.trailingZeroBitCount &* Int(a.padded)
    var column = Int(a.first_column)
    while column < Int(a.last_column) {
      rfgv_store(place + column, multiplyAdd(sign, rfgv_load(source + column), rfgv_load(place + column)))
      column &+= 16
    }
    bits &= bits &- 1
  }
}
