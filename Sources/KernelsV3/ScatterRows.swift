package import CSystem

/// The transpose of `addRows`: adds a source row to the matrix rows of the neurons that spiked.
///
/// This is the weight gradient of back-propagation, the sum over samples and steps of presynaptic spike times current
/// gradient. Of 64 rows at a time the masks are transposed, so that each matrix row gathers its source rows in
/// registers, where one by one it would be read and written for every spike. Columns `first_column ..< last_column`
/// only, so that threads can share the columns; every element is summed in the order of the source rows (of 64 of
/// them first those of spikes, then those of negative ones). Time is proportional to spikes times columns.
@inline(never)
package func scatterRows(_ a: UnsafePointer<rfgk_scatter>) {
  let a = a.pointee
  let words = Int(a.words)
  var row = 0
  while row < Int(a.rows) {
    let rows = min(64, Int(a.rows) &- row)
    var column = Int(a.first_column)
    while column < Int(a.last_column) {
      let columns = min(Int(RFGK_SCATTER_COLUMNS), Int(a.last_column) &- column)
      packSource(a, row, rows, column, columns)
      var word = 0
      while word < words {
        transposeMasks(a.positive + (row &* words &+ word), words, rows, a.mask_scratch)
        if let negative = a.negative {
          transposeMasks(negative + (row &* words &+ word), words, rows, a.mask_scratch + 64)
        }
        gatherSources(a, 64 &* word, column, columns)
        word &+= 1
      }
      column &+= columns
    }
    row &+= rows
  }
}

/// Rows that are far apart in memory push each other out of the cache; side by side they stay.
@inline(__always)
private func packSource(_ a: rfgk_scatter, _ row: Int, _ rows: Int, _ column: Int, _ columns: Int) {
  var r = 0
  while r < rows {
    let source = a.source + ((row &+ r) &* Int(a.padded) &+ column)
    let target = a.row_scratch + r &* Int(RFGK_SCATTER_COLUMNS)
    var j = 0
    while j < columns {
      rfgv_store(target + j, rfgv_load(source + j))
      j &+= 16
    }
    r &+= 1
  }
}

/// Bit r of word c becomes bit c of row r: halves, quarters and so on of a square of 64 x 64 bits change places (Warren,
/// Hacker's Delight, 7-3).
@inline(__always)
private func transposeMasks(
  _ masks: UnsafePointer<UInt64>, _ stride: Int, _ rows: Int, _ out: UnsafeMutablePointer<UInt64>
) {
  var r = 0
  while r < 64 {
    out[r] = r < rows ? masks[r &* stride] : 0
    r &+= 1
  }
  var distance = 32
  var low: UInt64 = 0xFFFF_FFFF
  while distance > 0 {
    var block = 0
    while block < 64 {
      var r = block
      while r < block &+ distance {
        let swapped = ((out[r] &>> UInt64(distance)) ^ out[r &+ distance]) & low
        out[r] ^= swapped &<< UInt64(distance)
        out[r &+ distance] ^= swapped
        r &+= 1
      }
      block &+= 2 &* distance
    }
    distance &>>= 1
    low ^= low &<< UInt64(distance)
  }
}

/// Every matrix row of 64 neurons gains the source rows of its spikes.
@inline(never)
func gatherSources(_ a: rfgk_scatter, _ first: Int, _ column: Int, _ columns: Int) {
  var neuron = 0
  while neuron < 64 {
    let positive = a.mask_scratch[neuron]
    let negative = a.negative == nil ? 0 : a.mask_scratch[64 &+ neuron]
    // Neurons beyond the last have no spikes, and no row.
    if positive | negative != 0 {
      let target = a.matrix + ((first &+ neuron) &* Int(a.padded) &+ column)
      var done = 0
      #if RFGSNN_V4 || RFGSNN_V3
        done = gatherBlocks(Twice<Twice<Floats>>.self, a, positive, negative, done, columns, target)
      #endif
      done = gatherBlocks(Twice<Floats>.self, a, positive, negative, done, columns, target)
      _ = gatherBlocks(Floats.self, a, positive, negative, done, columns, target)
    }
    neuron &+= 1
  }
}

/// Does all whole blocks from `column` on and returns the first column that is left.
@inline(__always)
private func gatherBlocks<Block: Columns>(
  _ type: Block.Type, _ a: rfgk_scatter, _ positive: UInt64, _ negative: UInt64, _ column: Int, _ columns: Int,
  _ target: UnsafeMutablePointer<Float>
) -> Int where Block.Source == Float, Block.Scalar == Float {
  var column = column
  while column &+ Block.width <= columns {
    var block = Block(from: target + column)
    gather(
      &block, UnsafePointer(a.row_scratch) + column, Int(RFGK_SCATTER_COLUMNS), positive: positive, negative: negative)
    block.store(to: target + column)
    column &+= Block.width
  }
  return column
}
