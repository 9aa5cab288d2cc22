/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef TEMPORARY_CHECKSUMS_H
#define TEMPORARY_CHECKSUMS_H

namespace ns3
{

/**
 * @ingroup tcp-fast-open
 *
 * Lets ns-3 compute and check checksums, or not, and goes back to what was.
 */
class TemporaryChecksums
{
  public:
    /**
     * @param wanted whether there are to be checksums; where there are, they stay
     */
    explicit TemporaryChecksums(bool wanted);

    ~TemporaryChecksums();

    TemporaryChecksums(const TemporaryChecksums&) = delete;
    TemporaryChecksums& operator=(const TemporaryChecksums&) = delete;

  private:
    bool m_changed; //!< whether to go back
};

} // namespace ns3

#endif // TEMPORARY_CHECKSUMS_H
