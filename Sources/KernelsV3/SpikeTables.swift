package import CSystem

// Four neurons spike in one of sixteen ways. A table holds the sum of their weight rows for each, so that the current of
// a layer takes a sum for every four presynaptic neurons, however many spike: fewer than one for each spike above a
// quarter, and without a branch that nobody can foresee.

/// Fills the tables of a layer's weights; see `rfgk_tables`.
///
/// Time is proportional to their size, four times that of the weights.
@inline(never)
package func fillTables(_ a: UnsafePointer<rfgk_tables>) {
  let a = a.pointee
  let padded = Int(a.padded)
  var column = 0
  var place: UnsafeMutablePointer<Float> = a.tables
  while column < padded {
    let width = min(Int(RFGK_TABLE_COLUMNS), padded &- column)
    var first = 0
    while first < 16 &* Int(a.pieces) {
      fillTable(a, first, column, width, place)
      place += 16 &* width
      first &+= 4
    }
    column &+= width
  }
}

/// The sixteen sums of four rows: each is one with a bit less, and the row of that bit.
@inline(__always)
private func fillTable(
  _ a: rfgk_tables, _ first: Int, _ column: Int, _ width: Int, _ table: UnsafeMutablePointer<Float>
) {
  var pattern = 0
  while pattern < 16 {
    let row = first &+ pattern.trailingZeroBitCount
    let without = table + (pattern & (pattern &- 1)) &* width
    let entry = table + pattern &* width
    var j = 0
    while j < width {
      if pattern == 0 {
        rfgv_store(entry + j, Float16x())
      } else if row < Int(a.presynaptic) {
        rfgv_store(entry + j, rfgv_load(without + j) + rfgv_load(a.weights + (row &* Int(a.padded) &+ column &+ j)))
      } else {
        rfgv_store(entry + j, rfgv_load(without + j))
      }
      j &+= 16
    }
    pattern &+= 1
  }
}

/// I = base + sum of weight rows, for the rows whose bit is set.
@inline(never)
func sumFromTables(_ a: UnsafePointer<rfgk_integrate>, _ first: Int, _ rows: UInt64) {
  let a = a.pointee
  let padded = Int(a.padded)
  var column = 0
  while column &+ Twice<Floats>.width <= padded {
    sumFromTables(Twice<Floats>.self, a, first, rows, column)
    column &+= Twice<Floats>.width
  }
  if column < padded { sumFromTables(Floats.self, a, first, rows, column) }
}

/// One block of columns. Rows are inside of the words of spikes: the tables of 64 neurons stay in the nearest cache for
/// all of them.
@inline(__always)
private func sumFromTables<Block: Columns>(
  _ type: Block.Type, _ a: rfgk_integrate, _ first: Int, _ rows: UInt64, _ column: Int
) where Block.Source == Float, Block.Scalar == Float {
  let words = Int(a.in_words)
  var tables: UnsafePointer<Float> = a.tables + 64 &* Int(a.table_pieces) &* column
  var word = 0
  while word < words {
    let pieces = min(4, Int(a.table_pieces) &- 4 &* word)
    var left = rows
    while left != 0 {
      let row = first &+ left.trailingZeroBitCount
      let current = a.currents + (row &* Int(a.padded) &+ column)
      var block = Block(from: word == 0 ? baseRow(a, row) + column : UnsafePointer(current))
      // Two sums at a time, for each addition waits for the one before.
      var other = Block(zero: ())
      var spikes = Int(truncatingIfNeeded: a.in_positive[row &* words &+ word])
      var table = tables
      var piece = 0
      while piece < pieces {
        block.add(from: table + (spikes & 15) &* Block.width)
        other.add(from: table + (16 &+ ((spikes &>> 4) & 15)) &* Block.width)
        block.add(from: table + (32 &+ ((spikes &>> 8) & 15)) &* Block.width)
        other.add(from: table + (48 &+ ((spikes &>> 12) & 15)) &* Block.width)
        spikes = spikes &>> 16
        table += 64 &* Block.width
        piece &+= 1
      }
      block.addProduct(Block.factor(1), other)
      block.store(to: current)
      left &= left &- 1
    }
    tables += 256 &* Block.width
    word &+= 1
  }
}
