/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "tcp-reusable-socket.h"

#include "ns3/like-new.h"
#include "ns3/log.h"
#include "ns3/ns3-compat.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-congestion-ops.h"
#include "ns3/tcp-rate-ops.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

namespace ns3
{

NS_LOG_COMPONENT_DEFINE("TcpReusableSocket");

TcpReusableSocket::TcpReusableSocket()
{
    m_state.ConnectWithoutContext(MakeCallback(&TcpReusableSocket::NoteState, this));
}

TcpReusableSocket::TcpReusableSocket(const TcpReusableSocket& socket)
    : TcpSocketBase(socket),
      m_settings(socket.m_settings) // of a listener that comes to terms with a SYN
{
    m_state.ConnectWithoutContext(MakeCallback(&TcpReusableSocket::NoteState, this));
    compat::CompleteFork(socket.m_congestionControl, m_congestionControl);
    // ShutdownSend() on a listener tells of its children that they answer a FIN by their
    // own, as with TcpSocketBase; they have not closed, and nothing was told of them.
    m_closeOnEmpty = false;
    m_closeNotified = false;
    m_connected = false;
}

TcpReusableSocket::~TcpReusableSocket()
{
    m_finWait2Event.Cancel();
}

TcpReusableSocket::ConnectionError
TcpReusableSocket::GetConnectionError() const
{
    return m_error;
}

void
TcpReusableSocket::End(ConnectionError error, Report report)
{
    NS_LOG_FUNCTION(this << error);
    Ptr<TcpReusableSocket> self(this); // the end point may hold the last reference
    NoteEnd(error);
    if (report == Report::CLOSE)
    {
        CloseAndNotify();
        return;
    }
    m_state = CLOSED;
    DeallocateEndPoint();
    switch (report)
    {
    case Report::CLOSE:
        break;
    case Report::ERROR:
        NotifyErrorClose();
        break;
    case Report::FAILURE:
        NotifyConnectionFailed();
        break;
    case Report::NONE:
        break;
    }
}

void
TcpReusableSocket::NoteEnd(ConnectionError error)
{
    m_error = error;
    m_told = Told::END;
}

int
TcpReusableSocket::Listen()
{
    NS_LOG_FUNCTION(this);
    if (m_state == CLOSED)
    {
        Forget();
        m_error = NO_ERROR;
        m_told = Told::NOTHING;
        m_closeNotified = false;
    }
    return TcpSocketBase::Listen();
}

void
TcpReusableSocket::NoteClose()
{
    m_orphaned = m_state != CLOSED && m_state != LISTEN;
    if (m_state == FIN_WAIT_2)
    {
        StartFinWait2Timer();
    }
}

void
TcpReusableSocket::NoteState(TcpStates_t from, TcpStates_t to)
{
    m_used = m_used || to != CLOSED;
    if (from == FIN_WAIT_2)
    {
        m_finWait2Event.Cancel();
    }
    if (to == FIN_WAIT_2 && m_orphaned)
    {
        StartFinWait2Timer();
    }
    if (to == CLOSED)
    {
        // What comes now is meant for the next connection
        RestoreSettings();
        m_shutdownSend = false;
        m_shutdownRecv = false;
    }
}

void
TcpReusableSocket::StartFinWait2Timer()
{
    const Time timeout = GetFinWait2Timeout();
    if (timeout.IsStrictlyPositive() && m_finWait2Event.IsExpired())
    {
        m_finWait2Event = Simulator::Schedule(timeout, &TcpReusableSocket::FinWait2Timeout, this);
    }
}

void
TcpReusableSocket::FinWait2Timeout()
{
    End(NO_ERROR, Report::CLOSE);
}

void
TcpReusableSocket::KeepSettings()
{
    if (!m_settings)
    {
        m_settings = Settings{m_sackEnabled,
                              m_timestampEnabled,
                              m_winScalingEnabled,
                              m_tcb->m_segmentSize,
                              m_persistTimeout};
    }
}

void
TcpReusableSocket::RestoreSettings()
{
    if (m_settings)
    {
        m_sackEnabled = m_settings->sack;
        m_timestampEnabled = m_settings->timestamps;
        m_winScalingEnabled = m_settings->windowScaling;
        m_tcb->m_segmentSize = m_settings->segmentSize;
        m_txBuffer->SetSegmentSize(m_settings->segmentSize);
        m_persistTimeout = m_settings->persistTimeout;
        m_settings.reset();
    }
}

void
TcpReusableSocket::Forget()
{
    RestoreSettings();
    ClearSendBuffer();
    m_closeOnEmpty = m_shutdownSend;
    m_connected = false;
    const uint32_t size = m_tcb->m_rxBuffer->MaxBufferSize();
    m_tcb->m_rxBuffer = CreateObject<TcpRxBuffer>(); // the old one knows a FIN
    m_tcb->m_rxBuffer->SetMaxBufferSize(size);
    m_orphaned = false;
    if (m_used)
    {
        m_used = false;
        ForgetPeer();
    }
}

void
TcpReusableSocket::ForgetPeer()
{
    // Not cleared, which leaves its counts of what is under way behind
    Ptr<TcpTxBuffer> buffer = CreateObject<TcpTxBuffer>();
    buffer->SetMaxBufferSize(m_txBuffer->MaxBufferSize());
    buffer->SetSegmentSize(m_tcb->m_segmentSize);
    buffer->SetDupAckThresh(m_retxThresh);
    buffer->SetRWndCallback(MakeCallback(&TcpReusableSocket::GetRWnd, this));
    m_txBuffer = buffer;

    m_history.clear();
    m_rtt->Reset();
    m_rto = Time(0);
    m_dataRetrCount = m_dataRetries;
    m_delAckCount = 0;
    m_highTxAck = SequenceNumber32(0);
    m_highRxMark = SequenceNumber32(0);
    m_highRxAckMark = SequenceNumber32(0);
    m_timestampToEcho = 0;
    m_tcb->m_rcvTimestampValue = 0;
    m_tcb->m_rcvTimestampEchoReply = 0;
    m_rcvWindShift = 0;
    m_sndWindShift = 0;
    m_rWnd = 0;

    m_dupAckCount = 0;
    m_bytesAckedNotProcessed = 0;
    m_recover = SequenceNumber32(0);
    m_recoverActive = false;
    m_isFirstPartialAck = true;
    m_tcb->m_lastAckedSeq = SequenceNumber32(0);
    m_tcb->m_lastRtt = Time(0);
    m_tcb->m_minRtt = Time::Max();
    m_tcb->m_pacingRate = m_tcb->m_maxPacingRate;
    m_tcb->m_ecnState = TcpSocketState::ECN_DISABLED;
    m_ecnEchoSeq = SequenceNumber32(0);
    m_ecnCESeq = SequenceNumber32(0);
    m_ecnCWRSeq = SequenceNumber32(0);
    m_rateOps = CreateObject<TcpRateLinux>();
    m_tcb->m_congState = TcpSocketState::CA_OPEN;
    if (m_congestionControl)
    {
        m_congestionControl = MakeLikeNew(m_congestionControl);
        m_congestionControl->Init(m_tcb);
    }
}

void
TcpReusableSocket::ClearSendBuffer()
{
    m_txBuffer->DiscardUpTo(m_txBuffer->TailSequence());
}

bool
TcpReusableSocket::HasEndPoint() const
{
    return m_endPoint || m_endPoint6;
}

TcpEndPoint
TcpReusableSocket::GetEndPoint() const
{
    return {m_endPoint, m_endPoint6};
}

bool
TcpReusableSocket::IsFinOutstanding() const
{
    return m_state == FIN_WAIT_1 || m_state == CLOSING || m_state == LAST_ACK;
}

bool
TcpReusableSocket::HasSentFin() const
{
    return IsFinOutstanding() || m_state == FIN_WAIT_2;
}

} // namespace ns3
