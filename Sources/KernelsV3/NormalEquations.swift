internal import CSystem

// Double precision sums for the ridge solve of the readout: A^T A and A^T B.

#if RFGSNN_V4
  private typealias Block = Twice<WidenedFloats>
  private typealias Tile = Rows8<Block>
#elseif RFGSNN_V3
  private typealias Block = WidenedFloats
  private typealias Tile = Rows6<Block>
#else
  private typealias Block = WidenedFloats
  private typealias Tile = Rows2<Block>
#endif

/// Rows of A that are summed before their products are added to the result.
private let depth = 128

/// Some columns of A as doubles, [depth][Tile.height] with Tile.height <= 8.
private typealias Panel = [1024 of Double]
/// A tile, [Tile.height][Block.width] with at most 8 rows of 16.
private typealias Sums = [128 of Double]

/// gram[i][j] += sum over rows r of a[r][i] a[r][j], for firstRow <= i < lastRow and 0 <= j <= i.
///
/// Bits do not depend on how i is split.
/// - Complexity: rows * (lastRow - firstRow) * lastRow multiplications.
@inline(never)
package func accumulateGram(
  _ rows: Int, _ n: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ gram: UnsafeMutablePointer<Double>,
  _ gramRow: Int, _ firstRow: Int, _ lastRow: Int
) {
  if n < Block.width {
    addSmallGram(rows, a, aRow, gram, gramRow, firstRow, lastRow)
  } else {
    var panel = Panel(repeating: 0)
    var sums = Sums(repeating: 0)
    addGram(rows, n, a, aRow, gram, gramRow, firstRow, lastRow, &panel, &sums)
  }
}

@inline(never)
func addGram(
  _ rows: Int, _ n: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ gram: UnsafeMutablePointer<Double>,
  _ gramRow: Int, _ firstRow: Int, _ lastRow: Int, _ panelMemory: UnsafeMutableRawPointer,
  _ sumsMemory: UnsafeMutableRawPointer
) {
  let panel = panelMemory.assumingMemoryBound(to: Double.self)
  let sums = sumsMemory.assumingMemoryBound(to: Double.self)
  var r = 0
  while r < rows {
    let count = rows &- r < depth ? rows &- r : depth
    var i = firstRow
    while i < lastRow {
      let height = lastRow &- i < Tile.height ? lastRow &- i : Tile.height
      pack(a + (r &* aRow &+ i), aRow, count, height, panel)
      var j = 0
      while j < i &+ height {
        // The last block ends with the row; columns it shares with the block before are not stored twice.
        let start = n &- j < Block.width ? n &- Block.width : j
        var tile = Tile(zero: ())
        tile.addProduct(count, panel, 1, Tile.height, a + (r &* aRow &+ start), aRow)
        tile.store(to: sums, Block.width)
        var t = 0
        while t < height {
          let out = gram + (i &+ t) &* gramRow
          let end = i &+ t < start &+ Block.width ? i &+ t &+ 1 : start &+ Block.width
          var column = j
          while column < end {
            out[column] += sums[t &* Block.width &+ column &- start]
            column &+= 1
          }
          t &+= 1
        }
        j &+= Block.width
      }
      i &+= Tile.height
    }
    r &+= count
  }
}

/// Copies some columns of A as doubles, [count][Tile.height], with zeros beyond `height`.
@inline(__always)
private func pack(
  _ a: UnsafePointer<Float>, _ aRow: Int, _ count: Int, _ height: Int, _ panel: UnsafeMutablePointer<Double>
) {
  var r = 0
  while r < count {
    var t = 0
    while t < Tile.height {
      panel[r &* Tile.height &+ t] = t < height ? Double(a[r &* aRow &+ t]) : 0
      t &+= 1
    }
    r &+= 1
  }
}

@inline(never)
func addSmallGram(
  _ rows: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ gram: UnsafeMutablePointer<Double>, _ gramRow: Int,
  _ firstRow: Int, _ lastRow: Int
) {
  var i = firstRow
  while i < lastRow {
    var j = 0
    while j <= i {
      var r = 0
      while r < rows {
        gram[i &* gramRow &+ j] += Double(a[r &* aRow &+ i]) * Double(a[r &* aRow &+ j])
        r &+= 1
      }
      j &+= 1
    }
    i &+= 1
  }
}

/// out[i][j] += sum over rows r of a[r][i] b[r][j]; `out` is [n][m].
///
/// - Complexity: rows * n * m multiplications.
@inline(never)
package func accumulateCross(
  _ rows: Int, _ n: Int, _ m: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ b: UnsafePointer<Double>,
  _ bRow: Int, _ out: UnsafeMutablePointer<Double>
) {
  var sums = Sums(repeating: 0)
  var r = 0
  while r < rows {
    let count = rows &- r < depth ? rows &- r : depth
    addCross(count, n, m, a + r &* aRow, aRow, b + r &* bRow, bRow, out, &sums)
    r &+= count
  }
}

@inline(never)
func addCross(
  _ count: Int, _ n: Int, _ m: Int, _ a: UnsafePointer<Float>, _ aRow: Int, _ b: UnsafePointer<Double>,
  _ bRow: Int, _ out: UnsafeMutablePointer<Double>, _ sumsMemory: UnsafeMutableRawPointer
) {
  let sums = sumsMemory.assumingMemoryBound(to: Double.self)
  var j = 0
  while j &+ Tile.height <= m {
    addTransposed(Tile.self, count, n, m, a, aRow, b + j, bRow, out + j, sums)
    j &+= Tile.height
  }
  while j < m {
    addTransposed(Row<Block>.self, count, n, m, a, aRow, b + j, bRow, out + j, sums)
    j &+= 1
  }
}

/// Adds to some columns of A^T B, as many as the tile has rows: the tile is their transpose.
@inline(__always)
private func addTransposed<Part: Rows>(
  _ type: Part.Type, _ count: Int, _ n: Int, _ m: Int, _ a: UnsafePointer<Float>, _ aRow: Int,
  _ b: UnsafePointer<Double>, _ bRow: Int, _ out: UnsafeMutablePointer<Double>,
  _ sums: UnsafeMutablePointer<Double>
) where Part.Block == Block {
  var i = 0
  if n >= Block.width {
    while i < n {
      // The last block ends with the row, as in accumulateGram.
      let start = n &- i < Block.width ? n &- Block.width : i
      var tile = Part(zero: ())
      tile.addProduct(count, b, 1, bRow, a + start, aRow)
      tile.store(to: sums, Block.width)
      while i < start &+ Block.width {
        var t = 0
        while t < Part.height {
          out[i &* m &+ t] += sums[t &* Block.width &+ i &- start]
          t &+= 1
        }
        i &+= 1
      }
    }
  }
  while i < n {
    var t = 0
    while t < Part.height {
      var r = 0
      while r < count {
        out[i &* m &+ t] += Double(a[r &* aRow &+ i]) * b[r &* bRow &+ t]
        r &+= 1
      }
      t &+= 1
    }
    i &+= 1
  }
}
