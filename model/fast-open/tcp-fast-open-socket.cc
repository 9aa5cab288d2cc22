/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-fast-open-socket.h"

#include "ns3/rtt-linux.h"
#include "tcp-option-fast-open.h"

#include "ns3/boolean.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-end-point.h"
#include "ns3/ipv4-interface.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-end-point.h"
#include "ns3/ipv6-interface.h"
#include "ns3/ipv6.h"
#include "ns3/log.h"
#include "ns3/node.h"
#include "ns3/pointer.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option-rfc793.h"
#include "ns3/tcp-option-ts.h"
#include "ns3/tcp-rate-ops.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>
#include <type_traits>

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpFastOpenSocket");

NS_OBJECT_ENSURE_REGISTERED(TcpFastOpenSocket);

namespace
{

/// Room for TCP options in a segment, in bytes.
constexpr uint32_t MAX_OPTIONS_SIZE = 40;
/// Size of the timestamps option and its padding in each segment, in bytes.
constexpr uint32_t TIMESTAMPS_SIZE = 12;
/// The smallest MSS of a peer that is believed, in bytes (Linux: tcp_min_snd_mss).
constexpr uint32_t MIN_MSS = 48;
/// SYN data to a server of unknown MSS, in bytes (RFC 7413, section 4.2.1).
constexpr uint32_t UNKNOWN_MSS_IPV4 = 536;
constexpr uint32_t UNKNOWN_MSS_IPV6 = 1220; //!< the same for IPv6
/// What fits Linux's send buffer at first, in bytes (two initial windows of
/// segments of 2304 bytes of memory: tcp_sndbuf_expand).
constexpr uint32_t INITIAL_SEND_BUFFER = 46080;
/// How many connections a listener may have pending (Linux: somaxconn).
constexpr uint32_t DEFAULT_QUEUE_LENGTH = 4096;
/// How long a connection that was reset in SYN-RCVD counts as pending, in seconds
/// (Linux: reqsk_fastopen_remove).
constexpr int64_t RESET_MEMORY_S = 60;

/**
 * @param segment a segment with its TCP header
 * @return the header's flags; cheaper than to read all of it
 */
uint8_t
PeekFlags(Ptr<const Packet> segment)
{
    constexpr uint32_t flagsOffset = 13;
    uint8_t start[flagsOffset + 1]{};
    segment->CopyData(start, sizeof start);
    return start[flagsOffset];
}

/**
 * @param header a segment's header
 * @return its flags without those that do not matter to the handshake
 */
uint8_t
GetStateFlags(const TcpHeader& header)
{
    return header.GetFlags() & (TcpHeader::SYN | TcpHeader::ACK | TcpHeader::FIN | TcpHeader::RST);
}

/**
 * @param address an IPv6 address
 * @return the address, an IPv4 one where it is IPv4-mapped
 */
Address
Unmap(Ipv6Address address)
{
    return address.IsIpv4MappedAddress() ? Address(address.GetIpv4MappedAddress())
                                         : Address(address);
}

/**
 * @param header a SYN's or SYN-ACK's header
 * @return a header for the data and the FIN behind the SYN
 */
TcpHeader
WithoutSyn(const TcpHeader& header)
{
    TcpHeader rest = header;
    rest.SetFlags(header.GetFlags() & ~TcpHeader::SYN);
    rest.SetSequenceNumber(header.GetSequenceNumber() + 1);
    return rest;
}

} // namespace

TypeId
TcpFastOpenSocket::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::TcpFastOpenSocket")
            .SetParent<TcpLinuxSocket>()
            .SetGroupName("TcpFastOpen")
            .AddConstructor<TcpFastOpenSocket>()
            .AddAttribute("FastOpenConnect",
                          "Let Connect() use Fast Open (Linux's TCP_FASTOPEN_CONNECT): with a "
                          "cookie the SYN waits for the first Send() and carries its data.",
                          BooleanValue(true),
                          MakeBooleanAccessor(&TcpFastOpenSocket::m_fastOpenConnect),
                          MakeBooleanChecker())
            .AddAttribute("FastOpenQueueLength",
                          "How many connections a listener accepts by cookie whose handshake is "
                          "not complete (Linux's TCP_FASTOPEN); 0 turns Fast Open off.",
                          UintegerValue(DEFAULT_QUEUE_LENGTH),
                          MakeUintegerAccessor(&TcpFastOpenSocket::SetQueueLength,
                                               &TcpFastOpenSocket::GetQueueLength),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("FastOpenKeys",
                          "Keys of this listener alone (Linux's TCP_FASTOPEN_KEY); none: the "
                          "node's.",
                          PointerValue(),
                          MakePointerAccessor(&TcpFastOpenSocket::m_keys),
                          MakePointerChecker<TcpFastOpenKeys>())
            .AddAttribute("FastOpenNoCookie",
                          "Send, or accept, data in the SYN without a cookie (Linux's "
                          "TCP_FASTOPEN_NO_COOKIE).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpFastOpenSocket::m_noCookie),
                          MakeBooleanChecker())
            .AddAttribute("ReduceInitialCwnd",
                          "Start with a window of one segment when the SYN or SYN-ACK was sent "
                          "again more than once (RFC 5681, section 3.1, as Linux applies it).",
                          BooleanValue(false),
                          MakeBooleanAccessor(&TcpFastOpenSocket::m_reduceInitialCwnd),
                          MakeBooleanChecker())
            .AddAttribute("Mss",
                          "The MSS to announce at most, in bytes, 48 or more; 0 and what is too "
                          "large: the interface's MTU less 40 for IPv4 or 60 for IPv6.",
                          UintegerValue(0),
                          MakeUintegerAccessor(&TcpFastOpenSocket::m_mss),
                          MakeUintegerChecker<uint16_t>());
    return tid;
}

TcpFastOpenSocket::TcpFastOpenSocket()
    : m_queue(Create<TcpFastOpenQueue>())
{
}

TcpFastOpenSocket::TcpFastOpenSocket(const TcpFastOpenSocket& socket)
    : compat::WithTypeId<TcpFastOpenSocket, TcpLinuxSocket>(socket),
      m_fastOpenConnect(socket.m_fastOpenConnect),
      m_reduceInitialCwnd(socket.m_reduceInitialCwnd),
      m_mss(socket.m_mss),
      m_noCookie(socket.m_noCookie),
      m_keys(socket.m_keys),
      m_queue(Create<TcpFastOpenQueue>()),
      m_nodesFastOpen(socket.m_nodesFastOpen)
{
    m_queue->SetLimit(socket.m_queue->GetLimit());
    compat::CompleteFork(socket.m_congestionControl, m_congestionControl);
}

TcpFastOpenSocket::ConnectionError
TcpFastOpenSocket::GetConnectionError() const
{
    return m_error;
}

uint32_t
TcpFastOpenSocket::GetSynDataSent() const
{
    return m_synDataSize;
}

uint32_t
TcpFastOpenSocket::GetSynDataAcked() const
{
    return m_synDataAcked;
}

// The calls of the application

int
TcpFastOpenSocket::Send(Ptr<Packet> packet, uint32_t flags)
{
    NS_LOG_FUNCTION(this << packet << flags);
    if (m_shutdownSend)
    {
        m_errno = ERROR_SHUTDOWN;
        return -1;
    }
    if (m_state == SYN_RCVD && (m_pending || !m_passive))
    {
        // Early reply (RFC 7413, section 4.2.2), or a SYN has crossed ours; the base
        // takes data from ESTABLISHED on.
        if (!m_txBuffer->Add(packet))
        {
            m_errno = ERROR_MSGSIZE;
            return -1;
        }
        NoteWrite(packet->GetSize());
        if (m_pending && m_sendPendingDataEvent.IsExpired())
        {
            m_sendPendingDataEvent =
                Simulator::Schedule(TimeStep(1), &TcpFastOpenSocket::SendPendingData, this, true);
        }
        return static_cast<int>(packet->GetSize());
    }

    const int sent = TcpSocketBase::Send(packet, flags & ~MSG_AFTER_HANDSHAKE);
    if (sent > 0)
    {
        NoteWrite(static_cast<uint32_t>(sent));
    }
    if (sent > 0 && m_synDeferred)
    {
        Open(m_handshakeFlags, flags & MSG_AFTER_HANDSHAKE);
    }
    else if (sent > 0 && m_connected && m_rWnd.Get() == 0 && m_persistEvent.IsExpired())
    {
        // The base starts its window probes when a segment comes alone
        m_persistEvent =
            Simulator::Schedule(m_persistTimeout, &TcpFastOpenSocket::PersistTimeout, this);
    }
    return sent;
}

int
TcpFastOpenSocket::SendTo(Ptr<Packet> packet, uint32_t flags, const Address& address)
{
    NS_LOG_FUNCTION(this << packet << flags << address);
    if (!(flags & MSG_FASTOPEN))
    {
        return Send(packet, flags);
    }
    const bool deferred = m_state == SYN_SENT && m_synDeferred;
    if (m_state != CLOSED && !deferred)
    {
        m_errno = ERROR_ISCONN;
        return -1;
    }
    const auto& fastOpen = GetFastOpen();
    if (!fastOpen || !fastOpen->IsClientEnabled())
    {
        m_errno = ERROR_OPNOTSUPP;
        return -1;
    }

    m_sendToData = packet;
    int result = 0;
    if (deferred)
    {
        Open(m_handshakeFlags, false); // the address is Connect()'s
    }
    else
    {
        result = Connect(address); // calls Open()
    }
    m_sendToData = nullptr;
    if (result < 0)
    {
        return result;
    }
    if (m_synDataSize == 0 &&
        (packet->GetSize() > 0 || !m_fastOpen || (m_option && m_option->IsEmpty())))
    {
        m_error = IN_PROGRESS;
        m_errno = ERROR_AGAIN;
        return -1;
    }
    return static_cast<int>(m_synDataSize);
}

int
TcpFastOpenSocket::ShutdownSend()
{
    NS_LOG_FUNCTION(this);
    const int result = TcpLinuxSocket::ShutdownSend();
    if (m_state == SYN_SENT && m_synDeferred)
    {
        Open(m_handshakeFlags, false); // no write will come
    }
    return result;
}

int
TcpFastOpenSocket::Listen()
{
    NS_LOG_FUNCTION(this);
    const int result = TcpLinuxSocket::Listen();
    if (result == 0)
    {
        m_tornDown = false;
    }
    const auto& fastOpen = GetFastOpen();
    if (result == 0 && fastOpen && fastOpen->IsSet(TcpFastOpen::SERVER_WO_SOCKOPT1) &&
        m_queue->GetLimit() == 0)
    {
        m_queue->SetLimit(DEFAULT_QUEUE_LENGTH);
    }
    return result;
}

int
TcpFastOpenSocket::Close()
{
    NS_LOG_FUNCTION(this);
    if (m_state == CLOSING || m_tornDown)
    {
        // Closed already. The base would reset the connection and tell the
        // application, for ever if that closes when it is told.
        return 0;
    }
    if (m_state == LISTEN)
    {
        m_queue->Close();
        const uint32_t limit = m_queue->GetLimit();
        m_queue = Create<TcpFastOpenQueue>(); // the socket may listen anew
        m_queue->SetLimit(limit);
    }
    if (m_state == SYN_SENT && (m_synDeferred || (m_fastOpen && m_txBuffer->Size() == 0)))
    {
        m_synDeferred = false;
        m_tornDown = true;
        CloseAndNotify(); // no segment tells of it (RFC 9293, section 3.10.4)
        return 0;
    }
    const bool crossed = m_state == SYN_RCVD && !m_pending && !m_passive;
    if ((m_state == SYN_SENT && m_txBuffer->Size() > 0) ||
        (crossed && m_tcb->m_rxBuffer->Size() == 0))
    {
        // The data may be in the SYN already; it and the FIN still have to arrive.
        m_closeOnEmpty = true;
        return 0;
    }
    return TcpSocketBase::Close();
}

// Entry points from TcpSocketBase

void
TcpFastOpenSocket::DoForwardUp(Ptr<Packet> packet,
                               const Address& fromAddress,
                               const Address& toAddress)
{
    NS_LOG_FUNCTION(this << packet << fromAddress << toAddress);
    const bool opening =
        m_state == LISTEN || m_state == SYN_SENT || m_state == SYN_RCVD || m_pending;
    if (!opening)
    {
        const uint8_t flags = PeekFlags(packet);
        if (m_fastOpen && (flags & (TcpHeader::FIN | TcpHeader::RST)) &&
            m_tcb->m_rxBuffer->NextRxSequence() == m_irs + 1)
        {
            // Before any data, and out of order: what is missing may have been
            // swallowed (Linux: tcp_fastopen_active_disable_ofo_check).
            TcpHeader header;
            packet->PeekHeader(header);
            if (header.GetSequenceNumber() > m_irs + 1)
            {
                GetFastOpen()->NotifyBlackhole();
            }
        }
        bool answer = false;
        if (m_state != CLOSED && m_state != TIME_WAIT && !IsAcceptable(packet, answer))
        {
            TcpHeader header;
            packet->RemoveHeader(header);
            m_rxTrace(packet, header, this);
            if (answer)
            {
                SendEmptyPacket(TcpHeader::ACK);
            }
            return;
        }
        if ((flags & TcpHeader::RST) && m_state != CLOSED && m_state != TIME_WAIT)
        {
            // The base would answer a reset with ACK by one of its own, and report
            // two ends. Like the base, report it as a close; the error tells it apart.
            TcpHeader header;
            packet->RemoveHeader(header);
            m_rxTrace(packet, header, this);
            m_error = m_state == LAST_ACK ? NO_ERROR : RESET;
            m_tornDown = true;
            CloseAndNotify();
            return;
        }
        if (m_state >= LAST_ACK && m_state != TIME_WAIT)
        {
            ProcessEnding(packet, fromAddress, toAddress);
            return;
        }
        TcpLinuxSocket::DoForwardUp(packet, fromAddress, toAddress);
        return;
    }

    Ptr<TcpFastOpenSocket> self(this); // the endpoint's references go when it is closed
    SocketPriorityTag priorityTag;
    packet->RemovePacketTag(priorityTag);
    TcpHeader header;
    packet->RemoveHeader(header);
    m_rxTrace(packet, header, this);

    switch (m_state)
    {
    case LISTEN:
        ProcessInListen(packet, header, fromAddress, toAddress);
        break;
    case SYN_SENT:
        ProcessInSynSent(packet, header, fromAddress, toAddress);
        break;
    default:
        ProcessInSynRcvd(packet, header, fromAddress, toAddress);
        break;
    }
}

void
TcpFastOpenSocket::ProcessEnding(Ptr<Packet> packet,
                                 const Address& fromAddress,
                                 const Address& toAddress)
{
    NS_LOG_FUNCTION(this << packet);
    Ptr<TcpFastOpenSocket> self(this);
    const auto& fastOpen = GetFastOpen();
    const Address local = GetLocalIp(); // the endpoint may be gone then
    const Address peer = GetPeerIp();
    TcpLinuxSocket::DoForwardUp(packet, fromAddress, toAddress);
    if (fastOpen && m_rtt->GetNSamples() > 0 && DynamicCast<RttLinux>(m_rtt) &&
        (m_state == TIME_WAIT || m_state == CLOSED))
    {
        fastOpen->NotifyRtt(local, peer, m_rtt->GetEstimate());
    }
}

bool
TcpFastOpenSocket::IsAcceptable(Ptr<const Packet> packet, bool& answer)
{
    std::array<uint8_t, 20> start{};
    packet->CopyData(start.data(), start.size());
    const auto get32 = [&start](std::size_t at) {
        return SequenceNumber32(static_cast<uint32_t>(start[at]) << 24 | start[at + 1] << 16 |
                                start[at + 2] << 8 | start[at + 3]);
    };
    const SequenceNumber32 seq = get32(4);
    const SequenceNumber32 ack = get32(8);
    const uint8_t flags = start[13];
    const SequenceNumber32 expected = m_tcb->m_rxBuffer->NextRxSequence();
    const bool beyond = seq > std::max(expected, m_tcb->m_rxBuffer->MaxRxSequence());

    if (flags & TcpHeader::RST)
    {
        // In the window, but not exact: a forgery, or a true peer that will send
        // it again when it is answered (RFC 5961, section 3.2).
        answer = seq > expected && !beyond;
        return seq == expected;
    }
    if ((flags & TcpHeader::SYN) || beyond)
    {
        // The handshake's last ACK was lost, and the peer has to learn of it; or
        // a forgery. The base would start anew with the SYN's options.
        answer = true;
        return false;
    }
    if (!(flags & TcpHeader::ACK))
    {
        // Data may be a window probe of TcpSocketBase, which waits for our window
        answer = packet->GetSize() > start[12] / 16 * 4U;
        return false;
    }
    // What lies behind by more than any window can only be a guess (RFC 5961,
    // section 5.2).
    const bool finSent =
        m_state == FIN_WAIT_1 || m_state == FIN_WAIT_2 || m_state == CLOSING || m_state == LAST_ACK;
    const uint32_t largestWindow = uint32_t{65535} << m_sndWindShift;
    answer = ack > m_tcb->m_highTxMark.Get() + (finSent ? 1 : 0) ||
             ack < m_txBuffer->HeadSequence() - largestWindow;
    return !answer;
}

Ptr<TcpSocketBase>
TcpFastOpenSocket::Fork()
{
    Ptr<TcpFastOpenSocket> child = CopyObject<TcpFastOpenSocket>(this);
    child->m_queue = m_queue; // where it may be pending
    return child;
}

void
TcpFastOpenSocket::SendEmptyPacket(uint8_t flags)
{
    NS_LOG_FUNCTION(this << +flags);
    if (flags & TcpHeader::SYN)
    {
        // Connect() wants to open; an earlier connection of this socket may have left
        // something behind.
        if (m_state == CLOSED)
        {
            m_txBuffer->DiscardUpTo(m_txBuffer->TailSequence());
            m_closeOnEmpty = m_shutdownSend;
            m_connected = false;
            const uint32_t size = m_tcb->m_rxBuffer->MaxBufferSize();
            m_tcb->m_rxBuffer = CreateObject<TcpRxBuffer>(); // the old one knows a FIN
            m_tcb->m_rxBuffer->SetMaxBufferSize(size);
            ForgetFlight();
        }
        m_reportedOpen = false;
        m_connects++;
        Open(flags, false);
    }
    else
    {
        if (flags & TcpHeader::RST)
        {
            m_tornDown = true;
            LeaveQueue();                                      // the base tears the connection down
            flags |= m_state == SYN_SENT ? 0 : TcpHeader::ACK; // as Linux aborts
        }
        TcpLinuxSocket::SendEmptyPacket(flags);
    }
}

uint32_t
TcpFastOpenSocket::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    if (!m_endPoint && !m_endPoint6)
    {
        return 0; // the application has torn the connection down in a callback
    }
    const uint32_t size = TcpLinuxSocket::SendDataPacket(seq, maxSize, withAck);
    if (m_state == SYN_RCVD && m_closeOnEmpty && m_txBuffer->SizeFromSequence(seq + size) == 0)
    {
        // The base has put the FIN on this segment, but knows the transition
        // only from ESTABLISHED and CLOSE-WAIT.
        m_state = FIN_WAIT_1;
    }
    return size;
}

void
TcpFastOpenSocket::ReceivedData(Ptr<Packet> packet, const TcpHeader& header)
{
    NoteDataArrived();
    TcpLinuxSocket::ReceivedData(packet, header);
}

void
TcpFastOpenSocket::NoteDataArrived()
{
    if (m_probesPath)
    {
        m_probesPath = false;
        GetFastOpen()->NotifyBlackholeOver();
    }
}

void
TcpFastOpenSocket::ReTxTimeout()
{
    const bool data = m_txBuffer->Size() > 0;
    const bool last = m_dataRetrCount == 0; // the base gives up now
    if (last && (data || IsFinOutstanding()))
    {
        m_error = TIMED_OUT;
        m_tornDown = true;
    }
    if (data)
    {
        SuspectTimeout(m_dataRetries - m_dataRetrCount, last);
    }
    TcpLinuxSocket::ReTxTimeout();
}

// Opening, the client's side

void
TcpFastOpenSocket::Open(uint8_t flags, bool plain)
{
    NS_LOG_FUNCTION(this << +flags << plain);
    m_handshakeFlags = flags;
    m_synDeferred = false;
    m_option.reset();
    m_fastOpen = false;
    m_probesPath = false;
    m_failureNoted = false;
    m_synDataSize = 0;
    m_synDataAcked = 0;
    m_synRetransmissions = 0;
    m_synsUsed = 0;
    m_error = NO_ERROR;
    m_closeNotified = false;
    m_tornDown = false;

    const auto& fastOpen = GetFastOpen();
    if (fastOpen && fastOpen->IsClientEnabled() && (m_fastOpenConnect || m_sendToData) && !plain)
    {
        ChooseOpening();
    }
    if (m_synDeferred)
    {
        ReportOpen();
        return;
    }
    StartHandshake();
}

void
TcpFastOpenSocket::ChooseOpening()
{
    const auto& fastOpen = GetFastOpen();
    const Address client = GetLocalIp();
    const Address server = GetPeerIp();
    if (fastOpen->IsToBeAvoided(client, server, GetPeerPort()))
    {
        fastOpen->NotifyFallback(client, server, TcpFastOpen::Fallback::AVOIDED);
        return;
    }
    const auto* entry = fastOpen->GetCache().Find(client, server);
    const bool noCookie = m_noCookie || fastOpen->IsSet(TcpFastOpen::CLIENT_NO_COOKIE);
    if (!noCookie)
    {
        m_option = entry ? entry->cookie : TcpFastOpenCookie(); // an empty one asks for one
        m_experimental = entry && entry->experimental;
    }
    const bool asks = m_option && m_option->IsEmpty();
    if (!asks && !m_sendToData && m_txBuffer->Size() == 0 && !m_shutdownSend)
    {
        m_synDeferred = true;
        return;
    }
    m_fastOpen = true;
    m_synDataLimit = asks ? 0 : GetSynDataLimit(entry ? entry->mss : 0);
    m_probesPath = fastOpen->IsBlackholeSuspected();
}

uint32_t
TcpFastOpenSocket::GetSynDataLimit(uint16_t mss) const
{
    uint32_t options = MAX_OPTIONS_SIZE;
    if (GetFastOpen()->SynDataFillsSegment())
    {
        // What SendHandshake() writes: MSS, SACK and timestamps, window scale, cookie.
        options = 4 + (m_timestampEnabled ? 12 : (m_sackEnabled ? 4 : 0)) +
                  (m_winScalingEnabled ? 4 : 0) +
                  (m_option ? TcpOptionFastOpen(*m_option, m_experimental).GetPaddedSize() : 0);
    }
    const uint32_t smaller = mss != 0 ? std::min(mss, GetMss()) : GetMss();
    const uint32_t room = smaller > options ? smaller - options : 0;
    const uint32_t unknown =
        Ipv4Address::IsMatchingType(GetPeerIp()) ? UNKNOWN_MSS_IPV4 : UNKNOWN_MSS_IPV6;
    return mss != 0 ? room : std::min(room, unknown);
}

void
TcpFastOpenSocket::ProcessInSynSent(Ptr<Packet> packet,
                                    const TcpHeader& header,
                                    const Address& fromAddress,
                                    const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header);
    if (m_synDeferred)
    {
        return; // nothing was sent that this could answer
    }

    // RFC 9293, section 3.10.7.3
    const uint8_t flags = GetStateFlags(header);
    const SequenceNumber32 ack = header.GetAckNumber();
    if ((flags & TcpHeader::ACK) && (ack <= m_iss || ack > m_iss + 1 + m_synDataSize))
    {
        if (!(flags & TcpHeader::RST))
        {
            SendResetFor(header, fromAddress, toAddress);
        }
        return;
    }
    if (flags & TcpHeader::RST)
    {
        if (flags & TcpHeader::ACK)
        {
            FailToOpen(REFUSED);
        }
        return;
    }
    if ((flags & TcpHeader::ACK) && m_timestampEnabled && header.HasOption(TcpOption::TS))
    {
        // What echoes none of our timestamps answers an earlier SYN (RFC 7323,
        // section 5.1, as Linux applies it to the echo).
        const auto ts = DynamicCast<const TcpOptionTS>(header.GetOption(TcpOption::TS));
        const uint32_t age = TcpOptionTS::NowToTsValue() - m_synTimestamp;
        if (ts->GetEcho() != 0 && ts->GetEcho() - m_synTimestamp > age)
        {
            SendResetFor(header, fromAddress, toAddress);
            return;
        }
    }
    if (!(flags & TcpHeader::SYN))
    {
        return; // the server's early data, its SYN-ACK lost: it will be sent again
    }
    if (!(flags & TcpHeader::ACK))
    {
        ProcessCrossingSyn(header);
        return;
    }

    // The SYN-ACK: the handshake is complete
    Ptr<TcpFastOpenSocket> self(this);
    m_retxEvent.Cancel();
    Negotiate(header);
    EstimateRtt(header);
    m_irs = header.GetSequenceNumber();
    m_tcb->m_rxBuffer->SetNextRxSequence(m_irs + 1);
    TakeSynData(packet, header); // a SYN-ACK may carry data
    if (packet->GetSize() > 0)
    {
        NoteDataArrived();
    }
    m_highTxAck = m_tcb->m_rxBuffer->NextRxSequence();
    m_highRxAckMark = ack;
    LearnOfServer(header);
    m_congestionControl->CongestionStateSet(m_tcb, TcpSocketState::CA_OPEN);
    m_tcb->m_congState = TcpSocketState::CA_OPEN;
    m_tcb->m_ecnState =
        m_tcb->m_useEcn != TcpSocketState::Off &&
                (header.GetFlags() & (TcpHeader::CWR | TcpHeader::ECE)) == TcpHeader::ECE
            ? TcpSocketState::ECN_IDLE
            : TcpSocketState::ECN_DISABLED;
    m_state = ESTABLISHED;
    m_connected = true;
    SettleSyn(ack);
    HeedHandshakeLoss();
    UpdatePacingRate();
    const bool replied = SendAfterHandshake(true);
    if (!m_reportedOpen)
    {
        ReportOpen();
    }
    else if (GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
    if (!replied)
    {
        m_delAckCount = m_delAckMaxCount; // answer the first data at once, as the base does
    }
    StartTimers();

    if (packet->GetSize() > 0 || (flags & TcpHeader::FIN))
    {
        // The application has to know first that it is connected, and may close then.
        Simulator::ScheduleNow([self] { self->ReportSynData(); });
    }
}

void
TcpFastOpenSocket::ReportSynData()
{
    NS_LOG_FUNCTION(this);
    if (m_tcb->m_rxBuffer->Available() > 0 && !m_shutdownRecv && !m_tornDown)
    {
        NotifyDataRecv();
    }
    if (!m_tcb->m_rxBuffer->Finished() || m_tornDown)
    {
        return;
    }
    // The FIN is acknowledged already
    if (m_state == FIN_WAIT_1)
    {
        m_state = CLOSING;
    }
    else if (m_state == ESTABLISHED)
    {
        m_state = CLOSE_WAIT;
        if (!m_closeNotified)
        {
            NotifyNormalClose();
            m_closeNotified = true;
        }
        if (m_shutdownSend)
        {
            Close();
        }
    }
}

void
TcpFastOpenSocket::ProcessCrossingSyn(const TcpHeader& header)
{
    NS_LOG_FUNCTION(this << header);
    Negotiate(header);
    m_irs = header.GetSequenceNumber();
    m_tcb->m_rxBuffer->SetNextRxSequence(m_irs + 1);
    m_tcb->m_ecnState = TcpSocketState::ECN_DISABLED;
    m_state = SYN_RCVD;
    m_synsUsed = 0;
    m_handshakeFlags = TcpHeader::SYN | TcpHeader::ACK;
    m_retxEvent.Cancel();
    SendHandshake(false);
    BackOff();
}

void
TcpFastOpenSocket::ReportOpen()
{
    m_reportedOpen = true;
    // The application may let go of the socket, or close it, before it hears of this.
    Ptr<TcpFastOpenSocket> self(this);
    Simulator::ScheduleNow([self, connects = m_connects] {
        if (connects == self->m_connects && (self->m_endPoint || self->m_endPoint6))
        {
            self->ConnectionSucceeded();
        }
    });
}

void
TcpFastOpenSocket::LearnOfServer(const TcpHeader& header)
{
    if (!m_fastOpen)
    {
        return; // a cookie that comes now was not asked for
    }
    TcpFastOpenCache& cache = GetFastOpen()->GetCache();
    TcpFastOpenCache::Entry entry{GetLocalIp(), GetPeerIp()};
    const auto* known = cache.Find(entry.client, entry.server);
    Ptr<const TcpOptionFastOpen> option = TcpOptionFastOpen::Find(header);
    if (m_option && option && !option->IsRequest())
    {
        entry.cookie = option->GetCookie();
        entry.experimental = option->IsExperimental();
        entry.mss = m_peerMss;
        entry.rtt = known ? known->rtt : Time(0);
        GetFastOpen()->NotifyCookieReceived(entry);
        return;
    }
    if (known)
    {
        entry = *known;
    }
    entry.mss = m_peerMss;
    if (m_option && m_option->IsEmpty() && m_synRetransmissions == 0)
    {
        // It ignored our request: try the other form once, then this one for good.
        entry.triedBoth = entry.triedBoth || m_experimental;
        entry.experimental = !entry.triedBoth;
    }
    cache.Store(entry);
}

void
TcpFastOpenSocket::SuspectTimeout(uint32_t earlier, bool last)
{
    constexpr uint32_t mostTimeouts = 3;
    if (m_fastOpen && (earlier + 1 == mostTimeouts || (earlier + 1 < mostTimeouts && last)))
    {
        GetFastOpen()->NotifyTimeouts();
    }
}

void
TcpFastOpenSocket::NoteSynDataFailure()
{
    if (!m_failureNoted)
    {
        m_failureNoted = true;
        GetFastOpen()->NotifySynDataFailed(GetLocalIp(), GetPeerIp(), GetPeerPort());
    }
}

template <class Ip>
void
TcpFastOpenSocket::ReceiveIcmp(Ip source, uint8_t ttl, uint8_t type, uint8_t code, uint32_t info)
{
    NS_LOG_FUNCTION(this << source << +type << +code);
    if (m_state == SYN_SENT && m_synDataSize > 0 && m_synRetransmissions == 0)
    {
        NoteSynDataFailure();
    }
    if constexpr (std::is_same<Ip, Ipv4Address>::value)
    {
        ForwardIcmp(source, ttl, type, code, info);
    }
    else
    {
        ForwardIcmp6(source, ttl, type, code, info);
    }
}

void
TcpFastOpenSocket::SettleSyn(SequenceNumber32 ack)
{
    NS_LOG_FUNCTION(this << ack);
    const SequenceNumber32 first = m_iss + 1;
    if (m_synDataSize == 0)
    {
        m_tcb->m_nextTxSequence = first;
        m_tcb->m_highTxMark = first;
        m_txBuffer->SetHeadSequence(first);
        return;
    }
    m_synDataAcked = ack - first;
    if (m_synDataAcked > 0)
    {
        m_txBuffer->DiscardUpTo(ack, MakeCallback(&TcpRateOps::SkbDelivered, m_rateOps));
    }
    if (m_synDataAcked < m_synDataSize)
    {
        // Neither congestion nor a reordering: the window stays as it is
        // (RFC 7413, section 4.2.1).
        m_txBuffer->SetSentListLost(false);
    }
    const bool all = m_synDataAcked == m_synDataSize;
    GetFastOpen()->NotifySynDataAnswered(GetLocalIp(), GetPeerIp(), GetPeerPort(), all);
    if (!all)
    {
        NoteSynDataFailure();
    }
    if (!all && m_synRetransmissions == 0)
    {
        GetFastOpen()->NotifyFallback(GetLocalIp(),
                                      GetPeerIp(),
                                      TcpFastOpen::Fallback::DATA_NOT_ACKED);
    }
}

bool
TcpFastOpenSocket::SendAfterHandshake(bool mustAck)
{
    NS_LOG_FUNCTION(this << mustAck);
    bool replied = false;
    if (m_synDataAcked < m_synDataSize)
    {
        // In the first ACK, whatever Nagle's algorithm says to a short segment. The
        // peer's MSS may have become smaller.
        for (SequenceNumber32 seq = m_txBuffer->HeadSequence(); seq < m_tcb->m_highTxMark.Get();)
        {
            seq += SendDataPacket(seq, GetSegSize(), true);
        }
        m_tcb->m_nextTxSequence = m_tcb->m_highTxMark.Get();
    }
    else if (mustAck && m_fastOpen && m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) > 0)
    {
        // The rest of a write carries the ACK, if it can leave (Linux: sk_write_pending)
        PutAckOff();
        replied = SendPendingData(true);
        if (!replied)
        {
            SendEmptyPacket(TcpHeader::ACK);
        }
    }
    else if (mustAck)
    {
        SendEmptyPacket(TcpHeader::ACK);
    }
    SendPendingData(true);
    CloseIfAllSent();
    return replied;
}

void
TcpFastOpenSocket::CloseIfAllSent()
{
    if (m_closeOnEmpty && m_state == ESTABLISHED &&
        m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) == 0)
    {
        DoClose();
    }
}

// Opening, the server's side

void
TcpFastOpenSocket::ProcessInListen(Ptr<Packet> packet,
                                   const TcpHeader& header,
                                   const Address& fromAddress,
                                   const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header);
    const uint8_t flags = GetStateFlags(header);
    if ((flags & TcpHeader::ACK) && !(flags & TcpHeader::RST) && IsServing())
    {
        SendResetFor(header, fromAddress, toAddress); // of a connection that is over
        return;
    }
    const bool syn =
        flags == TcpHeader::SYN || (flags == (TcpHeader::SYN | TcpHeader::FIN) && IsServing());
    if (syn && NotifyConnectionRequest(fromAddress))
    {
        Simulator::ScheduleNow(&TcpFastOpenSocket::CompleteFork,
                               DynamicCast<TcpFastOpenSocket>(Fork()),
                               packet,
                               header,
                               fromAddress,
                               toAddress);
    }
}

void
TcpFastOpenSocket::CompleteFork(Ptr<Packet> packet,
                                const TcpHeader& header,
                                const Address& fromAddress,
                                const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header << fromAddress << toAddress);
    if (InetSocketAddress::IsMatchingType(toAddress))
    {
        const auto local = InetSocketAddress::ConvertFrom(toAddress);
        const auto peer = InetSocketAddress::ConvertFrom(fromAddress);
        m_endPoint = m_tcp->Allocate(GetBoundNetDevice(),
                                     local.GetIpv4(),
                                     local.GetPort(),
                                     peer.GetIpv4(),
                                     peer.GetPort());
    }
    else
    {
        const auto local = Inet6SocketAddress::ConvertFrom(toAddress);
        const auto peer = Inet6SocketAddress::ConvertFrom(fromAddress);
        m_endPoint6 = m_tcp->Allocate6(GetBoundNetDevice(),
                                       local.GetIpv6(),
                                       local.GetPort(),
                                       peer.GetIpv6(),
                                       peer.GetPort());
    }
    if (SetupCallback() != 0)
    {
        return; // a duplicate of this SYN has been served in the meantime
    }
    m_tcp->AddSocket(this);

    m_passive = true;
    m_state = SYN_RCVD;
    m_synsUsed = 0;
    m_dataRetrCount = m_dataRetries;
    Negotiate(header);
    m_irs = header.GetSequenceNumber();
    m_tcb->m_rxBuffer->SetNextRxSequence(m_irs + 1);
    m_handshakeFlags = TcpHeader::SYN | TcpHeader::ACK;
    m_tcb->m_ecnState = TcpSocketState::ECN_DISABLED;
    if (m_tcb->m_useEcn != TcpSocketState::Off &&
        (header.GetFlags() & (TcpHeader::CWR | TcpHeader::ECE)) ==
            (TcpHeader::CWR | TcpHeader::ECE))
    {
        m_handshakeFlags |= TcpHeader::ECE;
        m_tcb->m_ecnState = TcpSocketState::ECN_IDLE;
    }

    const bool accepted = JudgeSyn(header, packet->GetSize());
    if (accepted)
    {
        TakeSynData(packet, header);
        if (m_queue->IsClosed())
        {
            SendResetFor(header, fromAddress, toAddress);
            FailToOpen(RESET);
            return;
        }
        Ptr<TcpFastOpenSocket> self(this);
        if (m_endPoint)
        {
            m_endPoint->SetRxCallback(
                MakeCallback(&TcpFastOpenSocket::ReceiveEarly<Ipv4Header, Ptr<Ipv4Interface>>,
                             self));
        }
        else
        {
            m_endPoint6->SetRxCallback(
                MakeCallback(&TcpFastOpenSocket::ReceiveEarly<Ipv6Header, Ptr<Ipv6Interface>>,
                             self));
        }
    }
    StartHandshake();
    if (!accepted)
    {
        return;
    }

    // The application may read, and write, before the client's ACK has come.
    SettleSyn(m_iss + 1);
    m_highRxAckMark = m_iss + 1;
    m_connected = true;
    m_reportedOpen = true;
    m_delAckCount = m_delAckMaxCount;
    NotifyNewConnectionCreated(this, fromAddress);
    if (m_pending && m_tcb->m_rxBuffer->Available() > 0 && !m_shutdownRecv)
    {
        NotifyDataRecv();
    }
    if (m_pending && m_state == SYN_RCVD && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
}

bool
TcpFastOpenSocket::JudgeSyn(const TcpHeader& header, uint32_t size)
{
    NS_LOG_FUNCTION(this << header << size);
    const auto& fastOpen = GetFastOpen();
    Ptr<const TcpOptionFastOpen> option = TcpOptionFastOpen::Find(header);
    if (!fastOpen || (!option && size == 0))
    {
        return false;
    }
    const Address client = GetPeerIp();
    const Address server = GetLocalIp();
    const bool asks = option && option->IsRequest();
    const auto refuse = [&](TcpFastOpen::Refusal why) {
        fastOpen->NotifySynDataRefused(client, server, size, why);
        return false;
    };
    if (asks)
    {
        fastOpen->NotifyCookieRequestReceived();
    }
    if (!IsServing())
    {
        return refuse(TcpFastOpen::Refusal::OFF);
    }
    if (m_queue->IsFull())
    {
        return refuse(TcpFastOpen::Refusal::QUEUE_FULL);
    }
    auto match = TcpFastOpenKeys::PRIMARY;
    if (!m_noCookie && !fastOpen->IsSet(TcpFastOpen::SERVER_COOKIE_NOT_REQD))
    {
        if (!option)
        {
            return refuse(TcpFastOpen::Refusal::NO_COOKIE);
        }
        const Ptr<TcpFastOpenKeys> keys = m_keys ? m_keys : fastOpen->GetKeys();
        match = asks ? TcpFastOpenKeys::NONE : keys->Check(option->GetCookie(), client, server);
        if (match == TcpFastOpenKeys::NONE && (!asks || size > 0))
        {
            refuse(asks ? TcpFastOpen::Refusal::NO_COOKIE : TcpFastOpen::Refusal::BAD_COOKIE);
        }
        if (match != TcpFastOpenKeys::PRIMARY)
        {
            m_option = keys->Make(client, server);
            m_experimental = option->IsExperimental();
            fastOpen->NotifyCookieGranted(client, server, *m_option);
        }
    }
    if (match == TcpFastOpenKeys::NONE)
    {
        return false;
    }
    m_pending = true;
    m_queue->Enter();
    fastOpen->NotifyPending(+1);
    fastOpen->NotifySynDataAccepted(client, server, size, match == TcpFastOpenKeys::BACKUP);
    return true;
}

template <class Header, class Interface>
void
TcpFastOpenSocket::ReceiveEarly(Ptr<Packet> packet,
                                Header header,
                                uint16_t port,
                                Interface interface)
{
    constexpr bool ipv4 = std::is_same<Header, Ipv4Header>::value;
    using SocketAddress =
        typename std::conditional<ipv4, InetSocketAddress, Inet6SocketAddress>::type;
    Ptr<TcpFastOpenSocket> self(this); // the endpoint may go
    if (m_pending && (PeekFlags(packet) & TcpHeader::SYN))
    {
        const uint16_t localPort = ipv4 ? m_endPoint->GetLocalPort() : m_endPoint6->GetLocalPort();
        DoForwardUp(packet,
                    SocketAddress(header.GetSource(), port),
                    SocketAddress(header.GetDestination(), localPort));
    }
    else if constexpr (ipv4)
    {
        ForwardUp(packet, header, port, interface);
    }
    else
    {
        ForwardUp6(packet, header, port, interface);
    }
}

void
TcpFastOpenSocket::TakeSynData(Ptr<Packet> packet, const TcpHeader& header)
{
    const TcpHeader data = WithoutSyn(header);
    const uint32_t room = m_tcb->m_rxBuffer->MaxBufferSize();
    const uint32_t size = std::min(packet->GetSize(), room);
    if (size > 0)
    {
        m_tcb->m_rxBuffer->Add(packet->CreateFragment(0, size), data);
    }
    if ((header.GetFlags() & TcpHeader::FIN) && size == packet->GetSize())
    {
        m_tcb->m_rxBuffer->SetFinSequence(data.GetSequenceNumber() + size);
    }
}

void
TcpFastOpenSocket::ProcessInSynRcvd(Ptr<Packet> packet,
                                    const TcpHeader& header,
                                    const Address& fromAddress,
                                    const Address& toAddress)
{
    NS_LOG_FUNCTION(this << header << fromAddress);
    // RFC 9293, section 3.10.7.4
    const uint8_t flags = GetStateFlags(header);
    const SequenceNumber32 seq = header.GetSequenceNumber();
    const SequenceNumber32 ack = header.GetAckNumber();
    if (flags & TcpHeader::RST)
    {
        if (seq == m_tcb->m_rxBuffer->NextRxSequence())
        {
            LeaveQueue(true);
            FailToOpen(m_passive ? RESET : REFUSED);
        }
        return;
    }
    if ((flags & TcpHeader::SYN) && !(flags & TcpHeader::ACK))
    {
        if (seq == m_irs)
        {
            // The SYN-ACK was lost, or the SYN was duplicated
            SendHandshake(false);
            if (m_pending)
            {
                StartHandshakeTimer();
            }
            else if (m_synsUsed < m_synRetries)
            {
                m_synsUsed++; // the base counts this as a retransmission
            }
        }
        return;
    }
    const SequenceNumber32 end = seq + packet->GetSize();
    const SequenceNumber32 expected = m_tcb->m_rxBuffer->NextRxSequence();
    if (!(flags & TcpHeader::ACK) || ((flags & TcpHeader::SYN) && m_passive))
    {
        return;
    }
    if (m_pending && seq != expected &&
        !(end > expected && seq < m_tcb->m_rxBuffer->MaxRxSequence()))
    {
        SendEmptyPacket(TcpHeader::ACK); // out of the window
        return;
    }
    if (m_timestampEnabled && header.HasOption(TcpOption::TS))
    {
        ProcessOptionTimestamp(header.GetOption(TcpOption::TS), seq); // Linux demands none
    }
    // What was sent: the SYN, its data or early replies, and a FIN
    const SequenceNumber32 next =
        std::max(m_iss + 1, m_tcb->m_highTxMark.Get()) + (m_state == FIN_WAIT_1 ? 1 : 0);
    if (ack <= m_iss || ack > next)
    {
        SendResetFor(header, fromAddress, toAddress);
        return;
    }

    // The handshake is complete
    m_retxEvent.Cancel();
    const bool early = m_pending; // accepted by its cookie
    LeaveQueue();
    if (m_synRetransmissions > 0 &&
        (m_state == FIN_WAIT_1 || (m_closeOnEmpty && m_txBuffer->Size() <= INITIAL_SEND_BUFFER)))
    {
        // Once the application has closed, Linux takes no sample of a SYN-ACK
        // sent twice. It has if the response went into the send buffer at once.
        m_history.clear();
    }
    EstimateRtt(header);
    HeedHandshakeLoss();
    UpdateWindowSize(header);
    m_congestionControl->CongestionStateSet(m_tcb, TcpSocketState::CA_OPEN);
    m_tcb->m_congState = TcpSocketState::CA_OPEN;
    if (m_state == SYN_RCVD)
    {
        m_state = ESTABLISHED;
    }
    m_connected = true;
    m_delAckCount = m_delAckMaxCount;
    if (!early)
    {
        SettleSyn(ack);
        if (m_passive)
        {
            NotifyNewConnectionCreated(this, fromAddress);
        }
        else
        {
            SendAfterHandshake(false);
            if (!m_reportedOpen)
            {
                ReportOpen();
            }
        }
    }
    else if (m_state == ESTABLISHED && m_tcb->m_rxBuffer->Finished())
    {
        DoPeerClose(); // the SYN carried a FIN
    }

    // From here on the segment is one like any other. An ACK of the SYN alone
    // must not count as a duplicate one of the early reply.
    const TcpHeader rest = (flags & TcpHeader::SYN) ? WithoutSyn(header) : header;
    if (GetStateFlags(rest) == TcpHeader::ACK && ack == m_txBuffer->HeadSequence() &&
        !rest.HasOption(TcpOption::SACK))
    {
        if (packet->GetSize() > 0)
        {
            ReceivedData(packet, rest);
        }
        SendPendingData(true);
    }
    else if (m_state == ESTABLISHED)
    {
        ProcessEstablished(packet, rest);
    }
    else
    {
        ProcessWait(packet, rest);
    }
    UpdatePacingRate();
    if (m_passive && GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
    CloseIfAllSent();
    StartTimers();
}

// Both sides

void
TcpFastOpenSocket::Negotiate(const TcpHeader& header)
{
    NS_LOG_FUNCTION(this << header);
    m_rWnd = header.GetWindowSize(); // not scaled in a SYN (RFC 7323, section 2.2)

    if (m_winScalingEnabled && header.HasOption(TcpOption::WINSCALE))
    {
        ProcessOptionWScale(header.GetOption(TcpOption::WINSCALE));
    }
    else
    {
        m_winScalingEnabled = false;
        m_rcvWindShift = 0;
        m_sndWindShift = 0;
    }

    m_sackEnabled = m_sackEnabled && header.HasOption(TcpOption::SACKPERMITTED);
    m_txBuffer->SetSackEnabled(m_sackEnabled);

    m_timestampEnabled = m_timestampEnabled && header.HasOption(TcpOption::TS);
    if (m_timestampEnabled)
    {
        const auto ts = DynamicCast<const TcpOptionTS>(header.GetOption(TcpOption::TS));
        m_tcb->m_rcvTimestampValue = ts->GetTimestamp();
        m_tcb->m_rcvTimestampEchoReply = ts->GetEcho();
        m_timestampToEcho = ts->GetTimestamp();
    }

    // A segment has room for the smaller MSS less the options in every segment
    // (RFC 6691). Peers that send no MSS are ns-3's own sockets.
    uint32_t mss = GetMss();
    m_peerMss = 0;
    if (header.HasOption(TcpOption::MSS))
    {
        m_peerMss = DynamicCast<const TcpOptionMSS>(header.GetOption(TcpOption::MSS))->GetMSS();
        mss = std::min<uint32_t>(mss, std::max<uint32_t>(m_peerMss, MIN_MSS));
    }
    m_tcb->m_segmentSize =
        std::min(m_tcb->m_segmentSize, mss - (m_timestampEnabled ? TIMESTAMPS_SIZE : 0));
    m_txBuffer->SetSegmentSize(m_tcb->m_segmentSize);

    m_tcb->m_cWnd = GetInitialCwnd() * GetSegSize();
    m_tcb->m_cWndInfl = m_tcb->m_cWnd;
    m_tcb->m_ssThresh = GetInitialSSThresh();
}

void
TcpFastOpenSocket::SendHandshake(bool first)
{
    NS_LOG_FUNCTION(this << first);
    TcpHeader header;
    header.SetFlags(m_handshakeFlags);
    header.SetSequenceNumber(m_iss);
    if (m_handshakeFlags & TcpHeader::ACK)
    {
        header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
        m_highTxAck = m_tcb->m_rxBuffer->NextRxSequence();
    }
    header.SetWindowSize(AdvertisedWindowSize(false));

    // Linux's order and padding
    Ptr<TcpOptionMSS> mss = CreateObject<TcpOptionMSS>();
    mss->SetMSS(GetMss());
    header.AppendOption(mss);
    Ptr<TcpOptionNOP> nop = CreateObject<TcpOptionNOP>();
    if (m_sackEnabled || m_timestampEnabled)
    {
        if (!m_sackEnabled || !m_timestampEnabled)
        {
            header.AppendOption(nop);
            header.AppendOption(nop);
        }
        if (m_sackEnabled)
        {
            AddOptionSackPermitted(header);
        }
        if (m_timestampEnabled)
        {
            AddOptionTimestamp(header);
        }
    }
    if (m_winScalingEnabled)
    {
        header.AppendOption(nop);
        AddOptionWScale(header);
    }

    Ptr<Packet> packet = Create<Packet>();
    const bool client = !(m_handshakeFlags & TcpHeader::ACK);
    if (first && m_option && !TcpOptionFastOpen(*m_option, m_experimental).AppendTo(header))
    {
        m_option.reset();
        m_fastOpen = false;
        GetFastOpen()->NotifyFallback(GetLocalIp(), GetPeerIp(), TcpFastOpen::Fallback::NO_ROOM);
    }
    if (first && client && m_fastOpen)
    {
        if (m_option && m_option->IsEmpty())
        {
            GetFastOpen()->NotifyCookieRequested(GetLocalIp(), GetPeerIp());
        }
        else
        {
            packet = LoadSyn();
        }
    }
    SendSegment(packet, header);

    // The answer gives an RTT sample; to a segment sent twice only where
    // timestamps tell which one it answers, and never to the client's SYN.
    if (first)
    {
        m_synTimestamp = TcpOptionTS::NowToTsValue();
        UpdateRttHistory(m_iss, 0, false);
        return;
    }
    m_synRetransmissions++;
    if (client ? m_fastOpen : m_pending && !m_timestampEnabled)
    {
        m_history.clear();
    }
}

Ptr<Packet>
TcpFastOpenSocket::LoadSyn()
{
    if (m_sendToData)
    {
        const uint32_t size =
            std::min({m_synDataLimit, m_sendToData->GetSize(), m_txBuffer->Available()});
        if (m_txBuffer->Add(m_sendToData->CreateFragment(0, size)))
        {
            NoteWrite(size);
        }
    }
    const SequenceNumber32 first = m_iss + 1;
    m_txBuffer->SetHeadSequence(first);
    m_synDataSize = std::min(m_synDataLimit, m_txBuffer->Size());
    m_tcb->m_nextTxSequence = first + m_synDataSize;
    m_tcb->m_highTxMark = first + m_synDataSize;
    if (m_synDataSize == 0)
    {
        return Create<Packet>();
    }
    Ptr<TcpFastOpenSocket> self(this);
    if (m_endPoint)
    {
        m_endPoint->SetIcmpCallback(
            MakeCallback(&TcpFastOpenSocket::ReceiveIcmp<Ipv4Address>, self));
    }
    else
    {
        m_endPoint6->SetIcmpCallback(
            MakeCallback(&TcpFastOpenSocket::ReceiveIcmp<Ipv6Address>, self));
    }
    TcpTxItem* item = m_txBuffer->CopyFromSequence(m_synDataSize, first);
    m_rateOps->SkbSent(item, true);
    Simulator::ScheduleNow(&TcpFastOpenSocket::NotifyDataSent, self, m_synDataSize);
    GetFastOpen()->NotifySynDataSent(GetLocalIp(), GetPeerIp(), m_synDataSize);
    return item->GetPacketCopy();
}

void
TcpFastOpenSocket::StartHandshake()
{
    NS_LOG_FUNCTION(this);
    m_retxEvent.Cancel();
    SendHandshake(true);
    BackOff();
}

void
TcpFastOpenSocket::BackOff()
{
    m_handshakeRto = m_cnTimeout * (1 << m_synsUsed);
    if (m_synsUsed < m_synRetries)
    {
        m_synsUsed++;
    }
    StartHandshakeTimer();
}

void
TcpFastOpenSocket::StartHandshakeTimer()
{
    m_rto = m_handshakeRto;
    m_retxEvent.Cancel();
    m_retxEvent = Simulator::Schedule(m_handshakeRto, &TcpFastOpenSocket::HandshakeTimeout, this);
}

void
TcpFastOpenSocket::HandshakeTimeout()
{
    NS_LOG_FUNCTION(this << m_synsUsed);
    const bool last = m_synsUsed >= m_synRetries;
    SuspectTimeout(m_synRetransmissions, last);
    if (m_synDataSize > 0 && m_synRetransmissions == 0)
    {
        NoteSynDataFailure();
    }
    if (last)
    {
        FailToOpen(TIMED_OUT);
        return;
    }
    if (m_fastOpen && m_synRetransmissions == 0 && m_state == SYN_SENT)
    {
        GetFastOpen()->NotifyFallback(GetLocalIp(),
                                      GetPeerIp(),
                                      TcpFastOpen::Fallback::SYN_RETRANSMITTED);
    }
    SendHandshake(false);
    BackOff();
}

void
TcpFastOpenSocket::FailToOpen(ConnectionError error)
{
    NS_LOG_FUNCTION(this << error);
    Ptr<TcpFastOpenSocket> self(this);
    m_error = error;
    m_tornDown = true;
    m_rtt->Reset();
    LeaveQueue();
    m_state = CLOSED;
    DeallocateEndPoint();
    // What was not sent is gone, and the application may try again.
    m_txBuffer->DiscardUpTo(m_txBuffer->TailSequence());
    m_history.clear();
    m_closeOnEmpty = false;
    const bool reported = m_reportedOpen;
    m_reportedOpen = false;
    if (reported && !m_closeNotified)
    {
        NotifyErrorClose();
    }
    else if (!reported && !m_passive)
    {
        NotifyConnectionFailed();
    }
}

void
TcpFastOpenSocket::LeaveQueue(bool reset)
{
    if (!m_pending)
    {
        return;
    }
    m_pending = false;
    Ptr<TcpFastOpenSocket> self(this); // ReceiveEarly() has done its work
    if (m_endPoint)
    {
        m_endPoint->SetRxCallback(MakeCallback(&TcpFastOpenSocket::ForwardUp, self));
    }
    else if (m_endPoint6)
    {
        m_endPoint6->SetRxCallback(MakeCallback(&TcpFastOpenSocket::ForwardUp6, self));
    }
    const auto leave = [queue = m_queue, fastOpen = GetFastOpen()] {
        queue->Leave();
        fastOpen->NotifyPending(-1);
    };
    if (reset)
    {
        Simulator::Schedule(Seconds(RESET_MEMORY_S), leave);
    }
    else
    {
        leave();
    }
}

void
TcpFastOpenSocket::SendResetFor(const TcpHeader& segment,
                                const Address& fromAddress,
                                const Address& toAddress)
{
    NS_LOG_FUNCTION(this << segment << fromAddress << toAddress);
    TcpHeader header;
    header.SetFlags(TcpHeader::RST);
    if (segment.GetFlags() & TcpHeader::ACK)
    {
        header.SetSequenceNumber(segment.GetAckNumber());
    }
    else
    {
        header.SetFlags(TcpHeader::RST | TcpHeader::ACK);
        header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
    }
    header.SetWindowSize(0);
    header.SetSourcePort(segment.GetDestinationPort());
    header.SetDestinationPort(segment.GetSourcePort());
    Ptr<Packet> packet = Create<Packet>();
    m_txTrace(packet, header, this);
    m_tcp->SendPacket(packet, header, toAddress, fromAddress, m_boundnetdevice);
}

void
TcpFastOpenSocket::HeedHandshakeLoss()
{
    if (m_rtt->GetNSamples() == 0)
    {
        const auto rtt = DynamicCast<RttLinux>(m_rtt);
        const auto& fastOpen = GetFastOpen();
        const Time known = rtt && fastOpen ? fastOpen->GetRtt(GetLocalIp(), GetPeerIp()) : Time(0);
        if (known.IsStrictlyPositive())
        {
            rtt->Expect(known);
        }
        // Not what was left of the SYN's backoff
        m_rto = GetEstimatedRto();
    }
    if (m_reduceInitialCwnd && m_synRetransmissions > 1)
    {
        m_tcb->m_cWnd = GetSegSize();
        m_tcb->m_cWndInfl = m_tcb->m_cWnd;
    }
}

void
TcpFastOpenSocket::StartTimers()
{
    if (!m_endPoint && !m_endPoint6)
    {
        return; // the application has torn the connection down in a callback
    }
    if (m_retxEvent.IsExpired() &&
        (m_tcb->m_highTxMark.Get() > m_txBuffer->HeadSequence() || m_state == FIN_WAIT_1))
    {
        m_retxEvent = Simulator::Schedule(m_rto, &TcpFastOpenSocket::ReTxTimeout, this);
    }
    if (m_rWnd.Get() == 0 && m_txBuffer->SizeFromSequence(m_tcb->m_highTxMark) > 0 &&
        m_persistEvent.IsExpired())
    {
        m_persistEvent =
            Simulator::Schedule(m_persistTimeout, &TcpFastOpenSocket::PersistTimeout, this);
    }
}

uint16_t
TcpFastOpenSocket::GetMss() const
{
    uint32_t mtu = 0;
    uint32_t headers = 40;
    const Address local = GetLocalIp();
    if (Ipv4Address::IsMatchingType(local))
    {
        Ptr<Ipv4> ipv4 = m_node->GetObject<Ipv4>();
        const int32_t interface = ipv4->GetInterfaceForAddress(Ipv4Address::ConvertFrom(local));
        mtu = interface < 0 ? 576 : ipv4->GetMtu(interface);
    }
    else
    {
        Ptr<Ipv6> ipv6 = m_node->GetObject<Ipv6>();
        const int32_t interface = ipv6->GetInterfaceForAddress(Ipv6Address::ConvertFrom(local));
        mtu = interface < 0 ? 1280 : ipv6->GetMtu(interface);
        headers = 60;
    }
    const uint32_t mss = std::clamp<uint32_t>(mtu, MIN_MSS + headers, 65535) - headers;
    return static_cast<uint16_t>(m_mss != 0 ? std::clamp<uint32_t>(m_mss, MIN_MSS, mss) : mss);
}

Address
TcpFastOpenSocket::GetLocalIp() const
{
    return m_endPoint ? Address(m_endPoint->GetLocalAddress())
                      : Unmap(m_endPoint6->GetLocalAddress());
}

Address
TcpFastOpenSocket::GetPeerIp() const
{
    return m_endPoint ? Address(m_endPoint->GetPeerAddress())
                      : Unmap(m_endPoint6->GetPeerAddress());
}

uint16_t
TcpFastOpenSocket::GetPeerPort() const
{
    return m_endPoint ? m_endPoint->GetPeerPort() : m_endPoint6->GetPeerPort();
}

const Ptr<TcpFastOpen>&
TcpFastOpenSocket::GetFastOpen() const
{
    if (!m_nodesFastOpen)
    {
        m_nodesFastOpen = m_node->GetObject<TcpFastOpen>();
    }
    return m_nodesFastOpen;
}

bool
TcpFastOpenSocket::IsServing() const
{
    const auto& fastOpen = GetFastOpen();
    return fastOpen && fastOpen->IsServerEnabled() && m_queue->GetLimit() > 0;
}

void
TcpFastOpenSocket::SetQueueLength(uint32_t length)
{
    m_queue->SetLimit(length);
}

uint32_t
TcpFastOpenSocket::GetQueueLength() const
{
    return m_queue->GetLimit();
}

} // namespace ns3
